import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { writeComposeFiles } from '../../src/cli/demo/compose-files';
import { validate } from '../support/envoy';

const DAY_MS = 24 * 60 * 60 * 1000;
const now = new Date();

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-compose-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const text = (path: string): string => readFileSync(join(dir, path), 'utf8');
const files = (): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const certificate = (path: string): X509Certificate => new X509Certificate(text(path));
const secret = (name: string): Record<string, string> => {
  const document = parse(text(`countersign/secrets/${name}.yaml`)) as { stringData: Record<string, string> };
  return document.stringData;
};

describe('writeComposeFiles', () => {
  test('gives each party a key pair of its own, which the other side trusts under the right name', async () => {
    await expect(writeComposeFiles(dir, now)).resolves.toBe(true);
    for (const party of ['countersign', 'edge', 'sidecar']) {
      const own = certificate(`${party}/tls.crt`);
      expect(own.checkPrivateKey(createPrivateKey(text(`${party}/tls.key`)))).toBe(true);
      expect(own.verify(certificate('countersign/ca.crt').publicKey)).toBe(true);
      expect(own.checkHost(party)).toBe(party);
    }
    const upstream = new X509Certificate(secret('upstream-service-certs')['tls.crt'] ?? '');
    expect(upstream.checkHost('upstream-service')).toBe('upstream-service');
    expect(upstream.verify(new X509Certificate(secret('upstream-certs')['ca.crt'] ?? '').publicKey)).toBe(true);
    const edge = new X509Certificate(secret('upstream-certs')['tls.crt'] ?? '');
    expect(edge.verify(new X509Certificate(secret('edge-ca')['ca.crt'] ?? '').publicKey)).toBe(true);
    expect(edge.verify(certificate('countersign/ca.crt').publicKey)).toBe(false);
  });

  test('writes bootstraps that a real Envoy accepts', async () => {
    await writeComposeFiles(dir, now);
    for (const role of ['edge', 'sidecar']) {
      const bootstrap = text(`${role}/envoy.yaml`);
      expect(await validate(bootstrap)).toMatchObject({ ok: true });
      for (const [, path] of bootstrap.matchAll(/path: "([^"]+\.json)"/g)) expect(files()).toContain(path);
    }
  });

  test('lets nobody else read the files', async () => {
    await writeComposeFiles(dir, now);
    for (const path of files()) expect([path, statSync(path).mode & 0o077]).toEqual([path, 0]);
  });

  test('keeps what is good for another month, and replaces what is not', async () => {
    await writeComposeFiles(dir, now);
    const first = text('countersign/tls.crt');
    await expect(writeComposeFiles(dir, new Date(now.getTime() + 300 * DAY_MS))).resolves.toBe(false);
    expect(text('countersign/tls.crt')).toBe(first);
    await expect(writeComposeFiles(dir, new Date(now.getTime() + 340 * DAY_MS))).resolves.toBe(true);
    expect(text('countersign/tls.crt')).not.toBe(first);
  });
});
