import fc from 'fast-check';
import type { Document } from '../../src/model/document';
import { KIND_MODELS, type Kind } from '../../src/model/kinds';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { fixtureSecret } from '../support/decoded';
import { fromSchema } from './from-schema';
import { plausible } from './plausible';

/** How many definitions of a kind a configuration has at most. */
const COUNTS: Partial<Record<Kind, number>> = {
  Mapping: 10,
  Host: 3,
  Listener: 3,
  TLSContext: 4,
  TCPMapping: 3,
  Module: 1,
  AuthService: 1,
  RateLimitService: 1,
  LogService: 2,
  TracingService: 1,
  Ingress: 2,
};

/** What every generated definition may refer to. */
export const SURROUNDINGS: readonly Document[] = [
  ...['client-ec', 'client-rsa', 'server-ec', 'ca', 'ca2', 'crl', 'crl-of-ca2'].map((name) =>
    fixtureSecret(name, name),
  ),
  JSON.stringify({
    apiVersion: 'getambassador.io/v3alpha1',
    kind: 'TLSContext',
    metadata: { name: 'good' },
    spec: { secret: 'client-ec', ca_secret: 'ca', verify: { hostname: 'up.test' } },
  }),
  JSON.stringify({
    apiVersion: 'getambassador.io/v3alpha1',
    kind: 'TLSContext',
    metadata: { name: 'server-only' },
    spec: { hosts: ['a.example.com'], secret: 'server-ec', min_tls_version: 'v1.3' },
  }),
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'up' },
    spec: { ports: [{ port: 80 }, { port: 443, name: 'tls' }] },
  }),
].flatMap((text, index) => read(`surroundings-${index}.yaml`, text));

/** A document whose text is JSON, and what is told of it when it fails. */
export interface Generated {
  readonly document: Document;
  readonly text: string;
}

/** Definitions of every kind that Envoy hears of, to be served together. */
export function configurations(): fc.Arbitrary<readonly Generated[]> {
  const kinds = Object.entries(COUNTS).map(([kind, count]) =>
    fc
      .array(fromSchema(KIND_MODELS[kind as Kind].schema), { maxLength: count })
      .map((specs) => specs.map((spec, index) => generated(kind, index, plausible(kind, spec)))),
  );
  return fc.tuple(...kinds).map((groups) => groups.flat());
}

function generated(kind: string, index: number, spec: unknown): Generated {
  const name = kind === 'Module' ? 'ambassador' : `${kind.toLowerCase()}-${index}`;
  const { group, versions } = KIND_MODELS[kind as Kind];
  const annotations = kind === 'Ingress' ? { 'kubernetes.io/ingress.class': 'ambassador' } : {};
  const metadata = { name, labels: { a: 'a' }, annotations };
  const text = JSON.stringify({ apiVersion: `${group}/${versions[0] ?? ''}`, kind, metadata, spec });
  return generatedFrom(`${name}.yaml`, text);
}

/** A definition whose text is given. */
export function generatedFrom(file: string, text: string): Generated {
  const [document] = read(file, text);
  if (document === undefined) throw new Error(`not a document: ${text}`);
  return { document, text };
}

function read(file: string, text: string): readonly Document[] {
  return readDocuments(file, Buffer.from(text)).documents;
}
