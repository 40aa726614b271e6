import { files } from '@envoyproxy/protos';

let bySymbol: Map<string, string> | undefined;

/** The file in which a message, enum, service or method of that full name is defined. */
export function fileOfSymbol(symbol: string): string | undefined {
  bySymbol ??= new Map(Object.entries(files()).flatMap(([name, { symbols }]) => symbols.map((each) => [each, name])));
  return bySymbol.get(symbol);
}

/** `google.protobuf.FileDescriptorProto`s of a file and of all that it imports, itself first; undefined if there is none of that name. */
export function fileWithImports(name: string): readonly Buffer[] | undefined {
  const all = files();
  if (all[name] === undefined) return undefined;
  const found = new Map<string, Buffer>();
  const visit = (file: string): void => {
    const { imports, proto } = all[file] ?? { imports: [], proto: '' };
    if (found.has(file)) return;
    found.set(file, Buffer.from(proto, 'base64'));
    for (const imported of imports) visit(imported);
  };
  visit(name);
  return [...found.values()];
}
