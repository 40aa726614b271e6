type Spec = Readonly<Record<string, unknown>>;

const REDIRECTS = ['path_redirect', 'prefix_redirect', 'regex_redirect'];

/** Takes out what nobody would write together, so that more of a definition is judged than the first contradiction. */
export function plausible(kind: string, spec: unknown): unknown {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return spec;
  switch (kind) {
    case 'Mapping':
      return mapping(spec as Spec);
    case 'Host':
      return host(spec as Spec);
    case 'Listener':
      return listener(spec as Spec);
    case 'TLSContext':
      return tls(spec as Spec);
    default:
      return spec;
  }
}

function mapping(spec: Spec): Spec {
  const [first, ...others] = REDIRECTS.filter((field) => field in spec);
  const kept = without(spec, spec['host_redirect'] === true ? others : [...REDIRECTS, 'redirect_response_code']);
  const shape = first === undefined || spec['host_redirect'] !== true ? kept : without(kept, ['shadow', 'weight']);
  const named = 'hostname' in shape ? without(shape, ['host', 'host_regex']) : shape;
  const families = named['enable_ipv4'] === false ? { ...named, enable_ipv6: true } : named;
  return { ...families, ...balanced(families['load_balancer']), ...checked(families) };
}

const HASHES: readonly unknown[] = ['ring_hash', 'maglev'];

/** A policy that hashes by one thing, or another one that hashes by none. */
function balanced(balancer: unknown): Spec {
  if (typeof balancer !== 'object' || balancer === null || !('policy' in balancer)) return {};
  const keys = ['cookie', 'header', 'source_ip'].filter((key) => key in balancer);
  const dropped = HASHES.includes(balancer.policy) ? keys.slice(1) : keys;
  return { load_balancer: without(balancer, dropped), resolver: 'kubernetes-endpoint' };
}

/** A health check of one kind; by gRPC only where the upstream speaks it. */
function checked({ health_checks: checks, grpc }: Spec): Spec {
  if (!Array.isArray(checks)) return {};
  const kind = grpc === true ? { grpc: { upstream_name: 'a' } } : { http: { path: '/health' } };
  return {
    health_checks: checks.map((check: unknown) =>
      typeof check === 'object' && check !== null ? { ...check, health_check: kind } : check,
    ),
  };
}

const STACKS = [
  ['TLS', 'HTTP', 'TCP'],
  ['HTTP', 'TCP'],
  ['PROXY', 'TLS', 'TCP'],
  ['TLS', 'HTTP', 'UDP'],
];

function listener(spec: Spec): Spec {
  if (!Array.isArray(spec['protocolStack'])) return { protocol: 'HTTPS', ...spec };
  return { ...spec, protocolStack: STACKS[spec['protocolStack'].length % STACKS.length] };
}

function host(spec: Spec): Spec {
  const settings = spec['tls'];
  const own = typeof settings === 'object' && settings !== null ? { ...spec, tls: tls(settings as Spec) } : spec;
  if (!('tlsSecret' in own)) return without(own, ['tls', 'tlsContext']);
  return 'tls' in own ? without(own, ['tlsContext']) : own;
}

/** Fields that name a certificate, CAs or revocation lists. */
const SOURCES = [
  'secret',
  'ca_secret',
  'crl_secret',
  'cert_chain_file',
  'private_key_file',
  'cacert_chain_file',
  'crl_file',
];
const IDENTITIES = ['consul', 'istio', 'spiffe'];

/** A certificate from one place only, with its key; a CRL only beside a CA. */
function tls(given: Spec): Spec {
  const [identity, ...others] = IDENTITIES.filter((field) => field in given);
  if (identity !== undefined) return without(given, [...others, ...SOURCES]);
  // Envoy looks into a CRL when it starts, and there is none in a file.
  const spec = without(given, ['crl_file']);
  const files = ['cert_chain_file', 'private_key_file', 'cacert_chain_file'];
  const oneSource = 'secret' in spec || !('cert_chain_file' in spec) ? without(spec, files) : spec;
  const paired =
    'cert_chain_file' in oneSource ? { ...oneSource, private_key_file: 'fixtures/pki/client-ec.key' } : oneSource;
  return 'ca_secret' in paired ? paired : without(paired, ['crl_secret']);
}

function without(spec: Spec, fields: readonly string[]): Spec {
  return Object.fromEntries(Object.entries(spec).filter(([name]) => !fields.includes(name)));
}
