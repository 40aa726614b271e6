import fc from 'fast-check';
import { offlineEncoder } from '../../src/cli/offline-encoder';
import { type Compilation, compile, resume } from '../../src/compile';
import type { Document } from '../../src/model/document';
import { DEFAULT_POLICY } from '../../src/resolution/policy';
import { RESOURCE_TYPES } from '../../src/snapshot/snapshot';
import { DeletionGuard } from '../../src/sources/deletion-guard';
import { type ReadFile, readDocuments } from '../../src/sources/yaml/read-documents';
import { contentsOf, type Memory, readContents, restore, writeContents } from '../../src/state';
import { fixtureSecret, text } from '../support/decoded';

// Any sequence of good and bad inputs: a control plane that is restarted between them with its sealed state serves what one that
// runs on serves, to the last bit.

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 60);
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261_127);
const encoder = offlineEncoder();
const START = Date.parse('2026-06-01T00:00:00Z');

const broken = (content: string) => content.replace('{', '{{');
const pair = (fixture: string) => fixtureSecret(fixture, 'pair');
const host = (hostname: string) =>
  text('Host', { hostname, tlsSecret: { name: 'pair' }, tls: { ca_secret: 'roots' } }, { name: 'edge' });
const mapping = (prefix: unknown) =>
  text('Mapping', { hostname: '*', prefix, service: 'upstream', tls: 'context' }, { name: 'mapping' });
const context = (spec: object) => text('TLSContext', spec, { name: 'context' });
const ingress = (path: string) =>
  `${JSON.stringify({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'ingress', annotations: { 'kubernetes.io/ingress.class': 'ambassador' } },
    spec: {
      rules: [
        {
          host: 'a.test',
          http: { paths: [{ path, pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }] },
        },
      ],
    },
  })}\n`;

/** What each file may hold at one time; nothing: it is not there. */
const FILES: Readonly<Record<string, readonly (string | undefined)[]>> = {
  'secret.yaml': [
    pair('server-rsa'),
    pair('server-ec'),
    pair('client-ec'),
    pair('client-of-ca2'),
    pair('cs2011-expired'),
    pair('cs2004-mismatch'),
    undefined,
  ],
  'host.yaml': [host('a.test'), host('*'), host('..'), broken(host('a.test')), undefined],
  'mapping.yaml': [mapping('/a/'), mapping('/b/'), mapping(7), broken(mapping('/a/')), undefined],
  'ca.yaml': [
    fixtureSecret('ca', 'roots'),
    fixtureSecret('ca2', 'roots'),
    fixtureSecret('cs2018-expired-ca', 'roots'),
    undefined,
  ],
  'context.yaml': [
    context({ secret: 'pair', ca_secret: 'roots' }),
    context({ secret: 'pair', ca_secret: 'other' }),
    context({ min_tls_version: 'v1.3' }),
    context({ min_tls_version: 'v9' }),
    undefined,
  ],
  'ingress.yaml': [ingress('/x'), ingress('relative'), ingress('/y'), undefined],
  'both.yaml': [
    `${text('Mapping', { hostname: '*', prefix: '/c/', service: 'c' }, { name: 'c' })}---\n${fixtureSecret('server-ec', 'other')}`,
    broken(text('Mapping', { hostname: '*', prefix: '/c/', service: 'c' }, { name: 'c' })),
    undefined,
  ],
};

/** The control plane without its sockets: files, guard and compilation. */
class Plane {
  readonly #strict: boolean;
  #good = new Map<string, readonly Document[]>();
  #reads = new Map<string, ReadFile>();
  #guard = new DeletionGuard(0.5);
  #last: Compilation | undefined;

  constructor(strict: boolean) {
    this.#strict = strict;
  }

  step(contents: Readonly<Record<string, string | undefined>>, at: Date): unknown {
    const documents: Document[] = [];
    for (const [name, content] of Object.entries(contents)) {
      if (content === undefined) {
        this.#good.delete(name);
        this.#reads.delete(name);
        continue;
      }
      const read = readDocuments(name, Buffer.from(content), this.#reads.get(name));
      this.#reads.set(name, read);
      if (!read.broken) this.#good.set(name, read.documents);
      documents.push(...(this.#good.get(name) ?? read.documents));
    }
    const guarded = this.#guard.judge(documents);
    if (guarded !== undefined) this.#last = compile(guarded.documents, this.#options(at), this.#last);
    return [...(this.#last?.groups ?? [])].map(([group, { snapshot }]) => [
      group,
      RESOURCE_TYPES.map((type) => [
        type,
        snapshot.types[type].version,
        [...snapshot.types[type].resources.values()].map(({ name, version }) => `${name}@${version}`),
      ]),
    ]);
  }

  get kept(): ReadonlyMap<string, Date> {
    return this.#last?.keptSince ?? new Map();
  }

  /** Ends, and begins again with nothing but what a sealed state holds. */
  restarted(at: Date): Plane {
    const plane = new Plane(this.#strict);
    if (this.#last === undefined) return plane;
    const memory: Memory = { ...this.#last, files: this.#good, input: this.#guard.inService };
    const contents = readContents(writeContents(contentsOf(memory, 'sealed', at, [])));
    if (contents === undefined) throw new Error('what was written is not read');
    const restored = restore(contents, 'sealed');
    if (restored.refused.length > 0) throw new Error(`not restored: ${restored.refused.join()}`);
    plane.#good = new Map(restored.files);
    plane.#guard = new DeletionGuard(0.5, restored.input);
    plane.#last = resume(restored, this.#options(at));
    return plane;
  }

  #options(at: Date) {
    return { policy: { ...DEFAULT_POLICY, strict: this.#strict }, at, encoder, unread: [] };
  }
}

/** A Host verifies clients by `roots`; a TLSContext presents `client`: in one configuration, either may meet the other. */
const ROLLOVER: typeof FILES = {
  'roots.yaml': [fixtureSecret('ca', 'roots'), fixtureSecret('ca2', 'roots'), fixtureSecret('ca-bundle', 'roots')],
  'client.yaml': [
    fixtureSecret('client-rsa', 'client'),
    fixtureSecret('client-of-ca2', 'client'),
    fixtureSecret('cs2011-expired', 'client'),
    undefined,
  ],
};
const binding = { hostBinding: { namespace: { from: 'ALL' } } };
const BOTH_SIDES = [
  text('Listener', { port: 8443, protocol: 'HTTPS', securityModel: 'SECURE', ...binding }),
  text(
    'Host',
    { hostname: 'example.com', tlsSecret: { name: 'server' }, tls: { ca_secret: 'roots', cert_required: true } },
    { name: 'sidecar' },
  ),
  text('TLSContext', { hosts: [], secret: 'client', ca_secret: 'everyone', verify: { hostname: 'example.com' } }),
  text('Mapping', { hostname: 'example.com', prefix: '/', service: 'upstream', tls: 'it' }),
  fixtureSecret('server-rsa', 'server'),
  fixtureSecret('ca-bundle', 'everyone'),
].join('---\n');
const ALWAYS = text('Mapping', { hostname: '*', prefix: '/always/', service: 'always' }, { name: 'always' });

test.each([
  ['of definitions, Secrets and files', FILES, ALWAYS],
  ['of a CA roll-over', ROLLOVER, BOTH_SIDES],
])('restarts anywhere in any sequence %s change nothing that is served', (_what, files, always) => {
  const named = Object.entries(files);
  const step = fc.record({
    choices: fc.tuple(...named.map(([, variants]) => fc.nat({ max: variants.length - 1 }))),
    restart: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 8 }), fc.boolean(), (steps, strict) => {
      const steady = new Plane(strict);
      let shaken = new Plane(strict);
      for (const [index, { choices, restart }] of steps.entries()) {
        const at = new Date(START + index * 60_000);
        // An empty input is another question: at the start nothing at all is published then.
        const contents = {
          ...Object.fromEntries(named.map(([name, variants], file) => [name, variants[choices[file] ?? 0]])),
          'always.yaml': always,
        };
        if (restart) shaken = shaken.restarted(at);
        expect(shaken.step(contents, at)).toEqual(steady.step(contents, at));
        expect(shaken.kept).toEqual(steady.kept);
      }
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
