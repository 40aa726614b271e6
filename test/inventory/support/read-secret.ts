import { join } from 'node:path';
import { readInventory } from '../../../src/cli/certs/read-inventory';
import { offlineEncoder } from '../../../src/cli/offline-encoder';
import type { Item } from '../../../src/inventory';
import { DEFAULT_POLICY } from '../../../src/resolution/policy';
import { readPaths } from '../../../src/sources/files';

const FIXTURES = join(__dirname, '../../../fixtures');
const read = new Map<string, readonly Item[]>();

beforeAll(async () => {
  const { documents } = await readPaths([join(FIXTURES, 'pki/secrets')]);
  const options = {
    policy: DEFAULT_POLICY,
    at: new Date('2026-06-15T12:00:00Z'),
    encoder: offlineEncoder(),
    unread: [],
  };
  const { items } = readInventory(documents, options);
  for (const item of items) read.set(item.name, [...(read.get(item.name) ?? []), item]);
});

/** What a Secret of the fixture PKI holds. */
export function readSecret<K extends Item['kind']>(name: string, kind: K): Extract<Item, { kind: K }> {
  const found = read.get(`default/${name}`)?.find((item): item is Extract<Item, { kind: K }> => item.kind === kind);
  if (found === undefined) throw new Error(`${name} holds no ${kind}`);
  return found;
}
