/** An XML element, as far as the tests look at it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const TOKEN =
  /<\?xml [^?]*\?>|<(?<close>\/)?(?<name>[\w.-]+)(?<attributes>(?:\s+[\w.-]+="[^"<]*")*)\s*(?<empty>\/)?>|(?<text>[^<]+)/y;

/** Reads the part of XML 1.0 that a report needs, and throws wherever the text is not well-formed. */
export function parseXml(xml: string): Element {
  const root = { name: '', attributes: {}, children: [] as Element[], text: '' };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(xml)?.groups;
    if (groups === undefined) throw new Error(`not well-formed: ${JSON.stringify(xml.slice(at, at + 40))}`);
    const current = open.at(-1);
    if (current === undefined) throw new Error('more is closed than was opened');
    const { close, name, attributes = '', empty, text } = groups;
    if (text !== undefined) current.text += unescape(text);
    if (name === undefined) continue;
    if (close !== undefined) {
      if (current.name !== name) throw new Error(`</${name}> closes <${current.name}>`);
      open.pop();
      continue;
    }
    const pairs = [...attributes.matchAll(/([\w.-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
      key,
      unescape(value),
    ]);
    const element = { name, attributes: Object.fromEntries(pairs) as Record<string, string>, children: [], text: '' };
    current.children.push(element);
    if (empty === undefined) open.push(element);
  }
  const [only, ...others] = root.children;
  if (open.length !== 1 || only === undefined || others.length > 0)
    throw new Error('not exactly one closed root element');
  return only;
}

function unescape(text: string): string {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
    throw new Error('a character that XML forbids');
  return text.replace(/&([^;]*);?/g, (whole, entity: string) => {
    const character = whole.endsWith(';') ? ENTITIES[entity] : undefined;
    if (character === undefined) throw new Error(`${whole} is no entity`);
    return character;
  });
}
