export { any, decode, decodeMessage, encode, encodeAny, encodeAnyByName, typeUrl } from './codec';
export type { Any, DecodeOptions, EnvoyMessages, MessageName } from './codec';
export { joinMessages } from './encoded-once';
export type { JsonObject, JsonValue } from './json';
export { fileOfSymbol, fileWithImports } from './proto-files';
export { serviceDefinition } from './service-definition';
export { StrictCodecError } from './strict-codec-error';
export { fromStruct, toStruct } from './struct';
