import type { CatalogueEntry } from './entry';

/** CS502x and CS506x: Mappings by themselves and among each other, and how they connect to their upstreams. */
export const mappingCodes = {
  CS5020: {
    title: 'Mapping disagrees with its group',
    severity: 'error',
    explanation:
      'Mappings that share a match, such as a stable version and a canary, have some settings in common. The one with the greatest share counts, one without a weight before all; one that says otherwise is left out, and the others take its requests. To Ambassador the first by name counts.',
    fix: 'write the same in both, or leave the field out of this one',
  },
  CS5021: {
    title: 'Mappings of a group contradict each other',
    severity: 'error',
    explanation:
      'Of the Mappings that share a match, one may redirect, and then none forwards; and one may be a shadow. The one with the greatest share counts, then the first by namespace and name; the other is left out.',
    fix: 'remove one of them, or let it match differently',
  },
  CS5022: {
    title: 'shadow of nothing',
    severity: 'warning',
    explanation:
      'A shadow gets copies of the requests that another Mapping with the same match forwards, and there is none. It takes no requests of its own.',
    fix: 'give it the prefix, hostname, method and headers of the Mapping whose requests it is to get',
  },
  CS5023: {
    title: 'field has no effect beside another',
    severity: 'warning',
    explanation: 'Two fields of the Mapping say different things about one matter. As in Ambassador, one of them wins.',
    fix: 'remove the field',
  },
  CS5024: {
    title: 'field is deprecated',
    severity: 'info',
    explanation: 'Ambassador has another field for this now. The old one goes on working here.',
    fix: 'use the field that took its place',
  },
  CS5025: {
    title: 'load_balancer is contradictory',
    severity: 'error',
    explanation:
      'The policies `ring_hash` and `maglev` choose an endpoint by a cookie, a header or the client’s address, by exactly one of them; the other policies by none. As in Ambassador, the Mapping is out of service.',
    fix: 'give one of cookie, header and source_ip, or another policy',
  },
  CS5026: {
    title: 'health check is contradictory',
    severity: 'error',
    explanation: 'Envoy would refuse the health check, or no endpoint could ever pass it.',
    fix: 'ask by http, or by grpc with `grpc: true`; write ranges of statuses from the lower to the higher',
  },
  CS5027: {
    title: 'resolver does not know the endpoints',
    severity: 'warning',
    explanation:
      'A resolver by DNS sees what the name resolves to, and that is one address for all endpoints of a Kubernetes Service. Ambassador drops a Mapping with `load_balancer` then; here only `ring_hash` and `maglev` are refused, for a session that is promised to one endpoint would wander.',
    fix: 'add `resolver: kubernetes-endpoint`, or remove the field',
  },
  CS5028: {
    title: 'no kind of address is left',
    severity: 'error',
    explanation: 'With `enable_ipv4: false` and without `enable_ipv6: true`, no address of the upstream may be used.',
    fix: 'set one of the two to true',
  },
  CS5060: {
    title: 'path_separated is contradictory',
    severity: 'error',
    explanation:
      'A path-separated prefix (Envoy’s `path_separated_prefix`) is a path without its last `/`, and what is left of the path begins with one: a rewrite that ends in `/` would double it.',
    fix: 'leave the last / out of `prefix`, `rewrite` and `prefix_redirect`, and prefix_exact and prefix_regex out altogether',
  },
} as const satisfies Record<string, CatalogueEntry>;
