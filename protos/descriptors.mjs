// Reads the tree and keeps what the roots reach: a small descriptor set loads fast.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileDescriptors } from './file-descriptors.mjs';

const require = createRequire(import.meta.url);
const ofLoader = createRequire(require.resolve('@grpc/proto-loader'));
const protobuf = ofLoader('protobufjs');
// The tree's options extend Google's descriptor types, which protobufjs has but does not offer unasked.
protobuf.common(
  'descriptor',
  ofLoader('protobufjs/google/protobuf/descriptor.json').nested.google.nested.protobuf.nested,
);

// `sensitive` marks keys and passwords; the codec redacts by it.
const KEPT_OPTIONS = ['packed', 'proto3_optional', '(udpa.annotations.sensitive)'];

/** Returns `{ descriptors, messages, services, files }`: protobufjs JSON of the reachable types, their full names, and all files. */
export function readDescriptors(treeDir, roots) {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => (target in protobuf.common ? target : join(treeDir, target));
  root.loadSync([...roots.files, 'google/protobuf/empty.proto', 'google/protobuf/timestamp.proto'], { keepCase: true });
  root.resolveAll();

  const rootFiles = new Set(roots.files.map((file) => join(treeDir, file)));
  const kept = new Set();
  for (const object of everything(root)) if (rootFiles.has(object.filename)) keep(object, kept);
  for (const name of roots.messages) keep(root.lookupType(name), kept);

  const names = (kind) =>
    [...kept]
      .filter((object) => object instanceof kind)
      .map((object) => object.fullName.slice(1))
      .sort(inOrder);
  return {
    descriptors: { nested: pruned(root, kept).nested },
    messages: names(protobuf.Type),
    services: names(protobuf.Service),
    files: fileDescriptors(root, treeDir),
  };
}

const inOrder = (a, b) => (a < b ? -1 : 1);

function* everything(namespace) {
  for (const object of namespace.nestedArray) {
    yield object;
    if (object instanceof protobuf.Namespace) yield* everything(object);
  }
}

function keep(object, kept) {
  if (kept.has(object)) return;
  if (object instanceof protobuf.Type) {
    kept.add(object);
    for (const field of object.fieldsArray) if (field.resolvedType) keep(field.resolvedType, kept);
  } else if (object instanceof protobuf.Service) {
    kept.add(object);
    for (const method of object.methodsArray) {
      keep(method.resolvedRequestType, kept);
      keep(method.resolvedResponseType, kept);
    }
  } else if (object instanceof protobuf.Enum) {
    kept.add(object);
  }
  if (object.parent instanceof protobuf.Type) keep(object.parent, kept);
}

function pruned(object, kept) {
  if (object instanceof protobuf.Enum) return { values: object.toJSON().values };
  const json = {};
  if (object instanceof protobuf.Type) {
    const { oneofs, fields } = object.toJSON();
    if (oneofs !== undefined) json.oneofs = oneofs;
    json.fields = fieldsOf(object, fields);
  }
  if (object instanceof protobuf.Service) {
    json.methods = Object.fromEntries(
      object.methodsArray.map((method) => [
        method.name,
        { ...method.toJSON(), options: undefined, parsedOptions: undefined },
      ]),
    );
  }
  const nested = {};
  for (const child of object.nestedArray ?? []) {
    if (child instanceof protobuf.Field) continue;
    if (kept.has(child)) nested[child.name] = pruned(child, kept);
    else if (!(child instanceof protobuf.Type || child instanceof protobuf.Service || child instanceof protobuf.Enum)) {
      const inner = pruned(child, kept);
      if (inner.nested !== undefined) nested[child.name] = inner;
    }
  }
  if (Object.keys(nested).length > 0) json.nested = nested;
  return json;
}

// Validation rules and marks of deprecation are dropped. Google's own types come from protobufjs in camelCase, which would
// lose `string_value` and the like without a word: they are renamed as the proto files have them.
function fieldsOf(type, fields) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const options = Object.entries(field.options ?? {}).filter(([option]) => KEPT_OPTIONS.includes(option));
      const wellKnown = type.fullName.startsWith('.google.protobuf.');
      const kept = {
        ...field,
        options: options.length > 0 ? Object.fromEntries(options) : undefined,
        comment: undefined,
      };
      return [wellKnown ? snakeCase(name) : name, kept];
    }),
  );
}

export function snakeCase(name) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
