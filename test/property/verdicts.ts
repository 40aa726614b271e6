import { randomBytes } from 'node:crypto';
import { type Compilation, compile } from '../../src/compile';
import { staticBootstrap } from '../../src/envoy/static-bootstrap';
import { expand } from '../../src/expansion/expand';
import { buildIr } from '../../src/ir/build';
import type { Ir } from '../../src/ir/ir';
import { decode as decodeDocument } from '../../src/model/decode';
import { Definitions } from '../../src/model/definitions';
import { decode, encode, encodeAnyByName } from '../../src/protos';
import { withDefaults } from '../../src/resolution/defaults';
import { DEFAULT_POLICY as policy } from '../../src/resolution/policy';
import { Quarantine } from '../../src/resolution/quarantine';
import { ResourceEncoder } from '../../src/snapshot/resource-encoder';
import { validate } from '../support/envoy';
import { type Generated, SURROUNDINGS } from './configurations';

const AT = new Date('2026-06-15T12:00:00Z');
const BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';

export interface Judged {
  readonly compilation: Compilation;
  readonly accepted: readonly Generated[];
  readonly refused: readonly Generated[];
}

/** What Countersign says of each definition, all of them served together. */
export function judge(configuration: readonly Generated[]): Judged {
  const encoder = new ResourceEncoder(encodeAnyByName, randomBytes(32));
  const documents = [...SURROUNDINGS, ...configuration.map(({ document }) => document)];
  const compilation = compile(documents, { policy, at: AT, encoder, unread: [] });
  const faulty = new Set(
    compilation.diagnostics.flatMap(({ severity, location }) => (severity === 'error' ? [location?.file] : [])),
  );
  return {
    compilation,
    accepted: configuration.filter(({ document }) => !faulty.has(document.file)),
    refused: configuration.filter(({ document }) => faulty.has(document.file)),
  };
}

/** What Envoy says of all that would be served; undefined if it takes it. */
export async function refusalOf(ir: Ir): Promise<string | undefined> {
  const bootstrap = decode(BOOTSTRAP, encode(BOOTSTRAP, staticBootstrap(ir, { withKeys: true })), { revealKeys: true });
  const { ok, output } = await validate(bootstrap as object);
  return ok ? undefined : output;
}

/**
 * What Envoy says of one definition that Countersign refuses, built as if nothing were wrong with it. `unbuildable` where there is not
 * enough of it to build anything from.
 */
export async function secondOpinion({ document }: Generated): Promise<'refused' | 'accepted' | 'unbuildable'> {
  const decoded = expand([...SURROUNDINGS, document].map(decodeDocument), new Map(), { classes: true });
  const last = decoded.at(-1);
  if (last?.definition === undefined || last.rejected) return 'unbuildable';
  const quarantine = new Quarantine();
  const definitions = withDefaults(Definitions.from(decoded.flatMap(({ definition }) => definition ?? [])), quarantine);
  let ir: Ir;
  try {
    ir = buildIr({ definitions, quarantine, policy });
  } catch {
    return 'unbuildable';
  }
  try {
    return (await refusalOf(ir)) === undefined ? 'accepted' : 'refused';
  } catch {
    // The codec has refused it already.
    return 'refused';
  }
}
