import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from '../../src/model/decode';
import type { Decoded, Definition } from '../../src/model/definition';
import { Definitions } from '../../src/model/definitions';
import type { Kind } from '../../src/model/kinds';
import { readDocuments } from '../../src/sources/yaml/read-documents';

export interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

const KUBERNETES: Readonly<Record<string, string>> = {
  Secret: 'v1',
  Service: 'v1',
  Endpoints: 'v1',
  EndpointSlice: 'discovery.k8s.io/v1',
};
const AT_ROOT: readonly string[] = ['Secret', 'EndpointSlice', 'Endpoints'];

/** The text of a definition, as JSON. */
export function text(kind: Kind, spec: object, { name = 'it', ...metadata }: Metadata = {}): string {
  const apiVersion = KUBERNETES[kind] ?? 'getambassador.io/v3alpha1';
  const content = AT_ROOT.includes(kind) ? spec : { spec };
  return `${JSON.stringify({ apiVersion, kind, metadata: { name, ...metadata }, ...content })}\n`;
}

/** A Secret of `fixtures/pki/secrets/`, under another name. */
export function fixtureSecret(fixture: string, name: string): string {
  const yaml = readFileSync(join(__dirname, '../../fixtures/pki/secrets', `${fixture}.yaml`), 'utf8');
  return yaml.replace(/^( {2}name: ).*$/m, `$1${name}`);
}

/** Every document of these texts, decoded, each text as a file `1.yaml`, `2.yaml`, … */
export function decoded(...texts: readonly string[]): readonly Decoded[] {
  return texts.flatMap((content, index) =>
    readDocuments(`${index + 1}.yaml`, Buffer.from(content)).documents.map(decode),
  );
}

/** All the definitions of these texts. */
export function definitions(...texts: readonly string[]): Definitions {
  return Definitions.from(decoded(...texts).flatMap(({ definition }) => definition ?? []));
}

/** One definition; fails where the model finds anything wrong with it. */
export function definition<K extends Kind>(kind: K, spec: object, metadata: Metadata = {}): Definition<K> {
  const [only] = decoded(text(kind, spec, metadata));
  expect(only?.diagnostics).toEqual([]);
  const found = definitions(text(kind, spec, metadata)).of(kind)[0];
  if (found === undefined) throw new Error(`not a ${kind}`);
  return found;
}
