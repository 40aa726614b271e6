import type { ServiceName } from '@envoyproxy/protos';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import type protobuf from 'protobufjs/light';
import { decodeMessage, encode, type MessageName } from './codec';
import { protoRoot } from './proto-root';

/**
 * A gRPC service for `@grpc/grpc-js`. Messages have the shape of their generated types and are encoded strictly; a
 * Buffer is taken as a message already encoded, so that one encoding serves every stream.
 */
export function serviceDefinition(name: ServiceName): ServiceDefinition {
  const service = protoRoot().lookupService(name);
  return Object.fromEntries(service.methodsArray.map((method) => [method.name, methodDefinition(name, method)]));
}

function methodDefinition(service: string, method: protobuf.Method): MethodDefinition<unknown, unknown> {
  method.resolve();
  const request = messageName(method.resolvedRequestType);
  const response = messageName(method.resolvedResponseType);
  return {
    path: `/${service}/${method.name}`,
    originalName: method.name.charAt(0).toLowerCase() + method.name.slice(1),
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
    requestSerialize: serializer(request),
    requestDeserialize: (bytes) => decodeMessage(request, bytes),
    responseSerialize: serializer(response),
    responseDeserialize: (bytes) => decodeMessage(response, bytes),
  };
}

function serializer(name: MessageName): (value: unknown) => Buffer {
  return (value) => (Buffer.isBuffer(value) ? value : encode(name, value as never));
}

function messageName(type: protobuf.Type | null): MessageName {
  return (type?.fullName.slice(1) ?? '') as MessageName;
}
