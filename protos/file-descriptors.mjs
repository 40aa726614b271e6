// The files of the tree as google.protobuf.FileDescriptorProto, for the gRPC server reflection protocol. protobufjs makes
// descriptors of types; which file has which, what it imports and the full names of types it leaves out.
import { createRequire } from 'node:module';
import { relative } from 'node:path';

const require = createRequire(import.meta.url);
const ofLoader = createRequire(require.resolve('@grpc/proto-loader'));
const protobuf = ofLoader('protobufjs');
const descriptor = ofLoader('protobufjs/ext/descriptor');

/** protobufjs brings Google's own types without saying which file they are of. */
const GOOGLE_FILES = {
  Any: 'any',
  Duration: 'duration',
  Empty: 'empty',
  Timestamp: 'timestamp',
  Struct: 'struct',
  Value: 'struct',
  ListValue: 'struct',
  NullValue: 'struct',
};

/** `{ [file]: { symbols, imports, proto } }`: full names of what is in it, and the descriptor in base64. */
export function fileDescriptors(root, treeDir) {
  const files = new Map();
  for (const object of topLevel(root)) {
    const name = fileOf(object, treeDir);
    if (name.startsWith('google/protobuf/descriptor')) continue;
    const file = files.get(name) ?? { package: object.parent.fullName.slice(1), objects: [], imports: new Set() };
    files.set(name, file);
    file.objects.push(object);
  }
  return Object.fromEntries(
    [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, file]) => [name, encoded(name, file, treeDir)]),
  );
}

function encoded(name, { package: packageName, objects, imports }, treeDir) {
  const proto = { name, package: packageName, syntax: 'proto3', messageType: [], enumType: [], service: [] };
  const symbols = [];
  const need = (type) => {
    const other = fileOf(topOf(type), treeDir);
    if (other !== name) imports.add(other);
    return type.fullName;
  };
  for (const object of objects) {
    symbols.push(object.fullName.slice(1));
    if (object instanceof protobuf.Enum) proto.enumType.push(object.toDescriptor('proto3'));
    else if (object instanceof protobuf.Service) proto.service.push(serviceProto(object, need, symbols));
    else proto.messageType.push(messageProto(object, need, symbols));
  }
  proto.dependency = [...imports].sort((a, b) => (a < b ? -1 : 1));
  const bytes = descriptor.FileDescriptorProto.encode(descriptor.FileDescriptorProto.fromObject(proto)).finish();
  return { symbols, imports: proto.dependency, proto: Buffer.from(bytes).toString('base64') };
}

function messageProto(type, need, symbols) {
  const entries = [];
  const field = (each) => {
    const made = each.toDescriptor('proto3');
    if (each instanceof protobuf.MapField) {
      const name = `${each.name.replace(/(?:^|_)([a-z0-9])/g, (_match, letter) => letter.toUpperCase())}Entry`;
      const value = new protobuf.Field('value', 2, each.type);
      // Not added to it: only so that its type is looked up from there.
      value.parent = type;
      value.resolvedType = each.resolvedType;
      entries.push({
        name,
        field: [
          new protobuf.Field('key', 1, each.keyType).toDescriptor('proto3'),
          named(value.toDescriptor('proto3'), value),
        ],
        options: { mapEntry: true },
      });
      return { ...plain(made), label: 3, type: 11, typeName: `${type.fullName}.${name}` };
    }
    return named(made, each);
  };
  const named = (made, each) =>
    each.resolvedType ? { ...plain(made), typeName: need(each.resolvedType) } : plain(made);
  const oneofs = type.oneofsArray.map(({ name }) => ({ name }));
  const result = {
    name: type.name,
    field: type.fieldsArray.map((each) => ({
      ...field(each),
      ...(each.partOf && { oneofIndex: type.oneofsArray.indexOf(each.partOf) }),
      ...(each.options?.proto3_optional && { proto3Optional: true }),
    })),
    oneofDecl: oneofs,
    nestedType: [],
    enumType: [],
  };
  for (const nested of type.nestedArray) {
    symbols.push(nested.fullName.slice(1));
    if (nested instanceof protobuf.Type) result.nestedType.push(messageProto(nested, need, symbols));
    if (nested instanceof protobuf.Enum) result.enumType.push(plain(nested.toDescriptor('proto3')));
  }
  result.nestedType.push(...entries);
  return result;
}

function serviceProto(service, need, symbols) {
  return {
    name: service.name,
    method: service.methodsArray.map((method) => {
      symbols.push(`${service.fullName.slice(1)}.${method.name}`);
      return {
        name: method.name,
        inputType: need(method.resolvedRequestType),
        outputType: need(method.resolvedResponseType),
        clientStreaming: method.requestStream === true,
        serverStreaming: method.responseStream === true,
      };
    }),
  };
}

const plain = (message) => message.toJSON();

function* topLevel(namespace) {
  for (const object of namespace.nestedArray) {
    if (object instanceof protobuf.Type || object instanceof protobuf.Enum || object instanceof protobuf.Service)
      yield object;
    else if (object instanceof protobuf.Namespace) yield* topLevel(object);
  }
}

function topOf(object) {
  let top = object;
  while (top.parent instanceof protobuf.Type) top = top.parent;
  return top;
}

function fileOf(object, treeDir) {
  if (object.fullName.startsWith('.google.protobuf.')) {
    const stem = GOOGLE_FILES[object.name] ?? (object.name.endsWith('Value') ? 'wrappers' : 'descriptor');
    return `google/protobuf/${stem}.proto`;
  }
  return relative(treeDir, object.filename);
}
