import type { Options, PackageDefinition } from '@grpc/proto-loader';

export type { EnvoyMessages, ServiceName } from './dist/registry';

/** Envoy v3, the xDS services and the well-known types, as protobufjs JSON with snake_case field names. */
export declare const descriptors: { readonly nested: Readonly<Record<string, object>> };

/** A package definition for `@grpc/grpc-js`; enum values and 64-bit integers are strings unless `options` say otherwise. */
export declare function load(options?: Options): PackageDefinition;

/** A `.proto` file of the tree: what it defines, what it imports, and its `google.protobuf.FileDescriptorProto` in base64. */
export interface ProtoFile {
  readonly symbols: readonly string[];
  readonly imports: readonly string[];
  readonly proto: string;
}

/** All files by name; read when they are first asked for. */
export declare function files(): Readonly<Record<string, ProtoFile>>;
