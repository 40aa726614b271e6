import type { CatalogueEntry } from './entry';

/** CS5xxx: listeners, hosts, routes and services. */
export const routingCodes = {
  CS5001: {
    title: 'service is malformed',
    severity: 'error',
    explanation:
      'A service is `[http://|https://]host[.namespace][:port]`; this one cannot be read, so there is nowhere to send requests.',
    fix: 'write it as host, host.namespace or host:port, with https:// to originate TLS',
  },
  CS5002: {
    title: 'regular expression is invalid',
    severity: 'error',
    explanation:
      'Envoy uses RE2 syntax. One bad expression makes Envoy refuse the whole RouteConfiguration, so the Mapping is quarantined.',
    fix: 'correct the expression; RE2 has no look-around and no back-references',
  },
  CS5003: {
    title: 'Mapping attaches to no Host',
    severity: 'warning',
    explanation: 'No Host takes this Mapping’s hostname or carries its labels, so it gets no route.',
    fix: 'set `hostname` to one that a Host serves, or "*"',
  },
  CS5004: {
    title: 'weights exceed 100',
    severity: 'error',
    explanation:
      'The explicit weights of Mappings that share a match add up to more than 100, so the later ones could never get their share.',
    fix: 'make the weights add up to 100 or less',
  },
  CS5005: {
    title: 'port is taken',
    severity: 'error',
    explanation: 'Two Listeners bind the same port. The first by namespace and name keeps it.',
    fix: 'give one of them another port',
  },
  CS5006: {
    title: 'Listener serves nothing',
    severity: 'warning',
    explanation: 'No Host is bound to the Listener, or none of them may be served on it, so it is not opened.',
    fix: 'check `hostBinding` and the Hosts’ labels',
  },
  CS5007: {
    title: 'header is invalid',
    severity: 'error',
    explanation:
      'The name or value is no legal HTTP header field (RFC 9110 §5), and Envoy would refuse the whole RouteConfiguration.',
    fix: 'use letters, digits and hyphens in the name, and no line breaks in the value',
  },
  CS5008: {
    title: 'hostname is invalid',
    severity: 'error',
    explanation: 'A hostname is a full name or has one `*` at its start or end; Envoy would refuse anything else.',
    fix: 'write api.example.com, *.example.com or "*"',
  },
  CS5009: {
    title: 'hostname is taken',
    severity: 'error',
    explanation: 'Two Hosts of the same node group claim one hostname. The first by namespace and name keeps it.',
    fix: 'remove one of them, or give it another hostname',
  },
  CS5010: {
    title: 'redirect is contradictory',
    severity: 'error',
    explanation:
      'A Mapping redirects with `host_redirect: true` and one of path_redirect, prefix_redirect and regex_redirect. Of several, the first of these counts, with a warning; without `host_redirect`, requests would go where nobody meant them to go.',
    fix: 'keep one of the redirect fields',
  },
  CS5011: {
    title: 'Mapping has no hostname',
    severity: 'warning',
    explanation:
      'As in Ambassador v3alpha1, a Mapping with neither `hostname` nor labels that a Host selects attaches to no Host.',
    fix: 'add `hostname: "*"`',
  },
  CS5012: {
    title: 'path in service',
    severity: 'warning',
    explanation: 'A service names a host and port only; as in Ambassador, the path is ignored.',
    fix: 'use `rewrite` to change the path',
  },
  CS5013: {
    title: 'protocol stack cannot be built',
    severity: 'error',
    explanation:
      'A `protocolStack` ends with its transport, TCP or UDP, and has each layer once. UDP carries HTTP/3 alone, of which TLS is a part. Ambassador drops such a Listener, or Envoy refuses it.',
    fix: 'write a stack such as [TLS, HTTP, TCP], or [TLS, HTTP, UDP] for HTTP/3',
  },
  CS5014: {
    title: 'Listener setting without effect',
    severity: 'warning',
    explanation: 'The setting is about a protocol that this Listener does not speak.',
    fix: 'remove the setting',
  },
  CS5015: {
    title: 'X-Forwarded-Client-Cert can be forged',
    severity: 'warning',
    explanation:
      'Envoy passes on what the client wrote in X-Forwarded-Client-Cert: all of it with FORWARD_ONLY and ALWAYS_FORWARD_ONLY, before its own entry with APPEND_FORWARD. That is sound only where every client is a proxy that is trusted to write it and proves itself with a certificate.',
    fix: 'write SANITIZE_SET, or let only such proxies in, with `cert_required` and a CA of their own',
  },
  CS5016: {
    title: 'nothing is told of client certificates',
    severity: 'warning',
    explanation:
      '`set_current_client_cert_details` says what Envoy writes into X-Forwarded-Client-Cert, and in this mode it writes nothing.',
    fix: 'write `forward_client_cert_details: SANITIZE_SET`, or remove the field',
  },
  CS5040: {
    title: 'TCPMapping on a port that serves HTTP',
    severity: 'error',
    explanation:
      'A TCPMapping without `host` takes every connection to its port, so no Host could be served there. Ambassador makes two filter chains of one match of it, and Envoy refuses the whole configuration.',
    fix: 'give the TCPMapping another port, or a `host`',
  },
  CS5041: {
    title: 'cleartext on a SECURE Listener',
    severity: 'error',
    explanation:
      'A Listener whose protocol has TLS and whose securityModel is SECURE takes no cleartext, and a TCPMapping without `host` does not ask for TLS.',
    fix: 'give the TCPMapping a `host`, or a port whose Listener has `protocol: TCP`',
  },
  CS5042: {
    title: 'TCPMapping with host on a Listener without TLS',
    severity: 'error',
    explanation: 'The `host` of a TCPMapping is the server name of a TLS handshake; without TLS there is none.',
    fix: 'give the Listener `protocol: TLS` or HTTPS, or remove `host`',
  },
  CS5043: {
    title: 'TCPMapping takes the name of a Host',
    severity: 'warning',
    explanation:
      'A TCPMapping and a Host want connections for one server name on one Listener. As in Ambassador, the TCPMapping comes first; the Host is served elsewhere only.',
    fix: 'give the TCPMapping another port or another `host`',
  },
  CS5044: {
    title: 'nobody terminates TLS for a TCPMapping',
    severity: 'error',
    explanation:
      'A TCPMapping with `host` terminates TLS with the certificate of the Host of that name, or of a TLSContext that lists it in `hosts`. Connections cannot be passed on by their server name (SNI) with their TLS as it is.',
    fix: 'define a Host with that hostname and a tlsSecret; to pass TLS through as it is, which is not supported by server name, leave out host and give the TCPMapping a port of its own',
  },
  CS5045: {
    title: 'address is invalid',
    severity: 'error',
    explanation: 'A port is opened on an IP address; Envoy would refuse anything else.',
    fix: 'write an IPv4 or IPv6 address, or leave `address` out',
  },
  CS5055: {
    title: 'one of a kind is enough',
    severity: 'error',
    explanation:
      'A node group has at most one AuthService, one RateLimitService and one TracingService; the first by namespace and name counts. Ambassador shares authentication out among several AuthServices, so that the laxest decides. Here everything that they guard answers 503 until it is clear which one is meant.',
    fix: 'remove one of them, or give it another `ambassador_id`',
  },
  CS5056: {
    title: 'setting does not apply',
    severity: 'warning',
    explanation:
      'The field belongs to another `proto` or `driver` than the one that is chosen, and is ignored as in Ambassador.',
    fix: 'remove the field, or choose the other one',
  },
  CS5057: {
    title: 'LogService without gRPC',
    severity: 'error',
    explanation:
      'Access logs are sent by gRPC only. Ambassador takes `grpc: false`, which is its default, and then logs nothing.',
    fix: 'write `grpc: true`, or leave it out',
  },
  CS5058: {
    title: 'label cannot be left out alone',
    severity: 'warning',
    explanation:
      'Without the header of a `request_headers` label, its whole group is left out, as in Ambassador, whatever `omit_if_not_present` says.',
    fix: 'put the label into a group of its own, and remove `omit_if_not_present: false`',
  },
  CS5059: {
    title: 'nobody is told',
    severity: 'warning',
    explanation:
      'The Mapping says something for a service that never hears it: `labels` without a RateLimitService, or for other domains than its own, so that nothing is limited by them; `auth_context_extensions` for an AuthService that is asked by HTTP.',
    fix: 'correct the domain, define the service, or remove the field',
  },
  CS5050: {
    title: 'second Module',
    severity: 'error',
    explanation:
      'A node group has one Module `ambassador`. The first by namespace counts; what a second one says about who is let in would be lost silently.',
    fix: 'merge the two, or give them different ambassador_id',
  },
  CS5051: {
    title: 'ip_allow or ip_deny is invalid',
    severity: 'error',
    explanation:
      'Each entry is an IP address or a range of them (CIDR), and a Module has one of the two lists. Ambassador drops entries that it cannot read, and with the last of them the whole list; here the Module counts as wrong, and without an earlier version of it nothing is served over HTTP.',
    fix: 'write 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32, and keep one of the lists',
  },
  CS5052: {
    title: 'Lua script is invalid',
    severity: 'error',
    explanation:
      'The script is no Lua as Envoy reads it (LuaJIT), loops while it is loaded, or defines neither envoy_on_request nor envoy_on_response. Envoy would refuse every Listener, hang, or run nothing.',
    fix: 'correct the script',
  },
  CS5053: {
    title: 'access log is wrong or uncertain',
    severity: 'error',
    explanation:
      'The format has another shape than `envoy_log_type` says, or Envoy does not know a command operator in it and would refuse every Listener; the log is written without it. It is a warning where the log goes to a file: only the Envoy that opens it knows whether it can, and one that cannot refuses the Listeners and keeps the earlier ones.',
    fix: 'use the command operators of Envoy’s documentation, "Access logging", and %% for a percent sign',
  },
  CS5054: {
    title: 'Lua script runs code when it is loaded',
    severity: 'warning',
    explanation:
      'Envoy runs the script once when it loads a Listener. Whether the code outside of functions succeeds is only known then; if it fails, Envoy refuses the Listeners and keeps the earlier ones.',
    fix: 'move the code into envoy_on_request or envoy_on_response',
  },
} as const satisfies Record<string, CatalogueEntry>;
