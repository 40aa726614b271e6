import { inspect } from 'node:util';

/** The decoded `data` and `stringData` of a Kubernetes Secret. Prints its keys only, so no log or dump can hold a value. */
export class SecretData {
  readonly #values: ReadonlyMap<string, Buffer>;

  constructor(values: ReadonlyMap<string, Buffer>) {
    this.#values = values;
  }

  get(key: string): Buffer | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  toString(): string {
    return `SecretData(${this.keys().join(', ')})`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
