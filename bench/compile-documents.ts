import { readFileSync } from 'node:fs';
import type { Document } from '../src/model/document';
import { type ReadFile, readDocuments } from '../src/sources/yaml/read-documents';
import { mapping, tlsContext, TLS_CONTEXTS } from './mappings';

const PER_FILE = 100;
/** From the project’s root, where the benchmarks run. */
const SECRET = 'fixtures/pki/secrets/server-ec.yaml';

const FRAME = `apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: {name: everything}
spec:
  hostname: "*"
  tlsSecret: {name: server-ec}
---
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: http}
spec: {port: 8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}
---
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: https}
spec: {port: 8443, protocol: HTTPS, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}
`;

/** Documents as the file source hands them out, already parsed: Mappings, 20 TLSContexts, a Host with TLS and two Listeners. */
export class CompileDocuments {
  readonly #frame: readonly Document[];
  readonly #texts: string[];
  readonly #files: ReadFile[];

  constructor(mappings: number) {
    const contexts = Array.from({ length: TLS_CONTEXTS }, (_, index) => tlsContext(index));
    this.#frame = [
      ...read('frame.yaml', [FRAME]).documents,
      ...read('secret.yaml', [readFileSync(SECRET, 'utf8')]).documents,
      ...read('contexts.yaml', contexts).documents,
    ];
    this.#texts = Array.from({ length: mappings }, (_, index) => mapping(index));
    this.#files = Array.from({ length: Math.ceil(mappings / PER_FILE) }, (_, file) => this.#read(file));
  }

  get all(): readonly Document[] {
    return [...this.#frame, ...this.#files.flatMap(({ documents }) => documents)];
  }

  /** Gives one Mapping another timeout; all other Documents stay the same objects. */
  change(index: number, timeoutMs: number): void {
    this.#texts[index] = mapping(index, timeoutMs);
    const file = Math.floor(index / PER_FILE);
    this.#files[file] = this.#read(file, this.#files[file]);
  }

  #read(file: number, previous?: ReadFile): ReadFile {
    return read(`mappings-${file}.yaml`, this.#texts.slice(file * PER_FILE, (file + 1) * PER_FILE), previous);
  }
}

function read(file: string, texts: readonly string[], previous?: ReadFile): ReadFile {
  return readDocuments(file, Buffer.from(texts.join('---\n')), previous);
}
