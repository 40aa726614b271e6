// What Countersign needs and the pinned npm package does not ship. Field numbers are those of Envoy's public API.

/** Fields newer than the package, added to a message: `file` holds `message`, which gains `fields` (proto text). */
export const ADDED_FIELDS = [
  {
    file: 'envoy/extensions/transport_sockets/tls/v3/tls.proto',
    message: 'UpstreamTlsContext',
    fields: 'bool auto_host_sni = 6; bool auto_sni_san_validation = 7;',
  },
  {
    file: 'envoy/config/core/v3/health_check.proto',
    message: 'HealthCheck',
    fields: 'string name = 27;',
  },
];

/** Whole files that the package lacks, by their path in the tree. */
export const ADDED_FILES = {
  // The gRPC health checking protocol, https://github.com/grpc/grpc/blob/master/doc/health-checking.md
  'grpc/health/v1/health.proto': `
syntax = "proto3";
package grpc.health.v1;
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse {
  enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
  ServingStatus status = 1;
}
service Health {
  rpc Check(HealthCheckRequest) returns (HealthCheckResponse);
  rpc Watch(HealthCheckRequest) returns (stream HealthCheckResponse);
}
`,
  // The gRPC server reflection protocol, https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
  'grpc/reflection/v1/reflection.proto': reflection('grpc.reflection.v1'),
  // What clients asked for before v1.
  'grpc/reflection/v1alpha/reflection.proto': reflection('grpc.reflection.v1alpha'),
  // The part of OpenTelemetry's common types that Envoy's access log configuration refers to.
  'opentelemetry/proto/common/v1/common.proto': `
syntax = "proto3";
package opentelemetry.proto.common.v1;
message AnyValue {
  oneof value {
    string string_value = 1;
    bool bool_value = 2;
    int64 int_value = 3;
    double double_value = 4;
    ArrayValue array_value = 5;
    KeyValueList kvlist_value = 6;
    bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
`,
};

function reflection(name) {
  return `
syntax = "proto3";
package ${name};
message ServerReflectionRequest {
  string host = 1;
  oneof message_request {
    string file_by_filename = 3;
    string file_containing_symbol = 4;
    ExtensionRequest file_containing_extension = 5;
    string all_extension_numbers_of_type = 6;
    string list_services = 7;
  }
}
message ExtensionRequest { string containing_type = 1; int32 extension_number = 2; }
message ServerReflectionResponse {
  string valid_host = 1;
  ServerReflectionRequest original_request = 2;
  oneof message_response {
    FileDescriptorResponse file_descriptor_response = 4;
    ExtensionNumberResponse all_extension_numbers_response = 5;
    ListServiceResponse list_services_response = 6;
    ErrorResponse error_response = 7;
  }
}
message FileDescriptorResponse { repeated bytes file_descriptor_proto = 1; }
message ExtensionNumberResponse { string base_type_name = 1; repeated int32 extension_number = 2; }
message ListServiceResponse { repeated ServiceResponse service = 1; }
message ServiceResponse { string name = 1; }
message ErrorResponse { int32 error_code = 1; string error_message = 2; }
service ServerReflection {
  rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse);
}
`;
}
