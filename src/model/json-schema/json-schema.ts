/** A JSON Schema of draft-07, or a part of one: plain JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The draft that yaml-language-server and other editors read. */
export const DRAFT = 'http://json-schema.org/draft-07/schema#';
