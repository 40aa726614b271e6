import { type ServerDuplexStream, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { type EnvoyMessages, fileOfSymbol, fileWithImports } from '../../protos';

/** Clients ask for the first, older ones for the second; both say the same. */
export const REFLECTION_SERVICES = [
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
] as const;

type ReflectionRequest = EnvoyMessages['grpc.reflection.v1.ServerReflectionRequest'];
type ReflectionResponse = EnvoyMessages['grpc.reflection.v1.ServerReflectionResponse'];

/**
 * The gRPC server reflection protocol: what services there are, and the descriptors of their messages, for tools such as grpcurl.
 * Not the `@grpc/reflection` package, which reads `.proto` files from beside its own, where a bundle has none.
 */
export function reflectionHandlers(services: readonly string[]): UntypedServiceImplementation {
  return {
    ServerReflectionInfo: (call: ServerDuplexStream<ReflectionRequest, ReflectionResponse>) => {
      call.on('data', (request: ReflectionRequest) => call.write(reflect(request, services)));
      call.on('end', () => call.end());
      call.on('error', () => {});
    },
  };
}

function reflect(request: ReflectionRequest, services: readonly string[]): ReflectionResponse {
  return { valid_host: request.host ?? '', original_request: request, ...answer(request, services) };
}

function answer(request: ReflectionRequest, services: readonly string[]): ReflectionResponse {
  const { file_by_filename: file, file_containing_symbol: symbol, list_services: list } = request;
  if (list !== undefined) return { list_services_response: { service: services.map((name) => ({ name })) } };
  if (file !== undefined) return described(fileWithImports(file));
  if (symbol !== undefined) return described(fileWithImports(fileOfSymbol(symbol) ?? ''));
  if (request.all_extension_numbers_of_type !== undefined || request.file_containing_extension)
    return failure(status.NOT_FOUND, 'there are no extensions');
  return failure(status.INVALID_ARGUMENT, 'the request asks for nothing');
}

function described(files: readonly Buffer[] | undefined): ReflectionResponse {
  if (files === undefined) return failure(status.NOT_FOUND, 'there is no such file or symbol');
  return { file_descriptor_response: { file_descriptor_proto: [...files] } };
}

function failure(code: status, message: string): ReflectionResponse {
  return { error_response: { error_code: code, error_message: message } };
}
