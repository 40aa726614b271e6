import { decode } from '../../../src/model/decode';
import type { AnyDefinition, Decoded } from '../../../src/model/definition';
import { readDocuments } from '../../../src/sources/yaml/read-documents';

/** Decodes every document of a YAML text named `in.yaml`. */
export function decodeAll(text: string): readonly Decoded[] {
  const { documents, diagnostics } = readDocuments('in.yaml', Buffer.from(text));
  expect(diagnostics).toEqual([]);
  return documents.map(decode);
}

/** Decodes the one document of a YAML text. */
export function decodeOne(text: string): Decoded {
  const [first, ...others] = decodeAll(text);
  if (first === undefined || others.length > 0) throw new Error('the text must hold one document');
  return first;
}

/** The definition of a document that has nothing wrong with it. */
export function definitionOf(text: string): AnyDefinition {
  const { definition, diagnostics } = decodeOne(text);
  expect(diagnostics).toEqual([]);
  if (definition === undefined) throw new Error('the document has no definition');
  return definition;
}

/** `line:column severity code message` of each finding. */
export function findings(decoded: Decoded): readonly string[] {
  return decoded.diagnostics.map(
    ({ location, severity, code, message }) => `${location?.line}:${location?.column} ${severity} ${code} ${message}`,
  );
}

/** A document of a kind of Ambassador's, with its spec from line 5 on. */
export function ambassador(kind: string, spec: string, version = 'v3alpha1'): string {
  return `apiVersion: getambassador.io/${version}\nkind: ${kind}\nmetadata: {name: it}\nspec:\n${spec}`;
}
