import type { CatalogueEntry } from './entry';

/** CS704x to CS706x: certificates from an SDS server on Envoy’s machine, and upstreams in an Istio mesh. */
export const workloadIdentityCodes = {
  CS7040: {
    title: 'certificate or roots given twice',
    severity: 'error',
    explanation:
      'With `istio` or `spiffe`, Envoy gets its certificate and the roots from an SDS server. What else the TLSContext names for the same purpose would be left out, and nobody would notice.',
    fix: 'remove the other fields, or `istio` and `spiffe`',
  },
  CS7041: {
    title: 'socket of the SDS server is not usable',
    severity: 'error',
    explanation:
      'Envoy reaches the SDS server by a Unix domain socket on its own machine, named by an absolute path of at most 107 bytes (unix(7)). A relative path would mean the folder in which Envoy was started; a server over TCP would send private keys in cleartext.',
    fix: 'write it as `unix:///var/run/secrets/workload-spiffe-uds/socket`',
  },
  CS7042: {
    title: 'not a trust domain',
    severity: 'error',
    explanation:
      'A trust domain is the part of a SPIFFE ID between `spiffe://` and the next slash: lower-case letters, digits, dots, dashes and underscores (SPIFFE-ID §2.1). With anything else no certificate would ever match.',
    fix: 'write the name alone, such as `cluster.local` or `example.org`',
  },
  CS7043: {
    title: 'not a SPIFFE ID',
    severity: 'error',
    explanation:
      'A SPIFFE ID is `spiffe://<trust domain>/<path>`, without port, query or a slash at the end (SPIFFE-ID §2). With anything else no certificate would ever match.',
    fix: 'write it as `spiffe://example.org/backend`',
  },
  CS7044: {
    title: 'workload identity served to clients',
    severity: 'error',
    explanation:
      '`istio` and `spiffe` are for connections to upstreams only. Whoever terminates TLS with such a TLSContext would leave out its verification.',
    fix: 'give the Host a TLSContext of its own, with `ca_secret`',
  },
  CS7045: {
    title: 'no way to know whom to expect',
    severity: 'error',
    explanation:
      'The service is no name of a Kubernetes Service, so neither ServiceAccounts nor a namespace can be expected, and `verify` says nothing. Every workload of the mesh could answer in its place.',
    fix: 'name the upstream with `verify: {spiffe_id: …}` in the TLSContext, or write `service` as `<name>.<namespace>:<port>`',
  },
  CS7046: {
    title: 'every ServiceAccount of the namespace is accepted',
    severity: 'warning',
    explanation:
      'No Pod behind the Service is known, so its ServiceAccounts are not known either, and any workload of its namespace is accepted. An error with --strict.',
    fix: 'let the control plane read EndpointSlices and Pods, or name the upstream with `verify: {spiffe_id: …}` in the TLSContext',
  },
  CS7047: {
    title: 'port 443 is meant, since none is written',
    severity: 'warning',
    explanation:
      'With a TLSContext, a service without a port means port 443. Services of a mesh keep the port of their plain protocol, such as 80, and the port is part of the server name that Istio expects.',
    fix: 'write the port of the Service in `service`',
  },
  CS7048: {
    title: 'cleartext exceptions without endpoints',
    severity: 'error',
    explanation:
      '`istio.mode: auto` asks of each endpoint whether its Pod speaks mutual TLS. Endpoints that Envoy finds by DNS have no Pod to ask of.',
    fix: 'name a KubernetesEndpointResolver in `resolver`, or use `mode: strict`',
  },
  CS7049: {
    title: 'DNS name expected of a workload',
    severity: 'warning',
    explanation:
      'The certificates of a mesh hold one SPIFFE ID and no DNS name: with `verify.hostname` every upstream is refused.',
    fix: 'use `verify: {spiffe_id: …}`',
  },
  CS7050: {
    title: 'no ALPN protocol of Istio',
    severity: 'warning',
    explanation:
      'In PERMISSIVE mode, Istio’s sidecars tell mutual TLS of the mesh from any other by ALPN, and refuse TLS without one of their own protocols.',
    fix: 'leave `alpn_protocols` out, or write `istio`',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
