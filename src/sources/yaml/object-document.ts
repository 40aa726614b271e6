import { stringify } from 'yaml';
import type { Location } from '../../diagnostics/diagnostic';
import type { Path } from '../../model/document';
import type { Holder } from './embedded-documents';
import { ParsedText } from './parsed-text';
import { YamlDocument } from './yaml-document';

/**
 * An object that nobody has written down here. Positions are those in the YAML that it would be, which is made only when one is asked for;
 * a Secret’s data is not in it.
 */
export class ObjectDocument implements Holder {
  readonly file: string;
  readonly prevails: boolean;
  readonly #value: Readonly<Record<string, unknown>>;
  #text: YamlDocument | undefined;

  constructor(value: Readonly<Record<string, unknown>>, file: string, { prevails = false } = {}) {
    this.#value = value;
    this.prevails = prevails;
    this.file = file;
  }

  get value(): unknown {
    return this.#value;
  }

  locate(path: Path, part?: 'key' | 'value'): Location {
    return this.#asText().locate(path, part);
  }

  literalBlock(path: Path, value: string) {
    return this.#asText().literalBlock(path, value);
  }

  #asText(): YamlDocument {
    this.#text ??= new YamlDocument(
      this.#value,
      new ParsedText(stringify(withoutData(this.#value), { lineWidth: 0, aliasDuplicateObjects: false })),
      { file: this.file, line: 1 },
      0,
      [],
    );
    return this.#text;
  }
}

function withoutData(value: Readonly<Record<string, unknown>>): object {
  if (value['kind'] !== 'Secret') return value;
  const { data, ...rest } = value;
  const keys = typeof data === 'object' && data !== null ? Object.keys(data) : [];
  return { ...rest, data: Object.fromEntries(keys.map((key) => [key, ''])) };
}
