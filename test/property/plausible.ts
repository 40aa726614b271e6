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
  return 'hostname' in shape ? without(shape, ['host', 'host_regex']) : shape;
}

function host(spec: Spec): Spec {
  const settings = spec['tls'];
  const own = typeof settings === 'object' && settings !== null ? { ...spec, tls: tls(settings as Spec) } : spec;
  if (!('tlsSecret' in own)) return without(own, ['tls', 'tlsContext']);
  return 'tls' in own ? without(own, ['tlsContext']) : own;
}

/** A certificate from one place only, with its key; a CRL only beside a CA. */
function tls(spec: Spec): Spec {
  const files = ['cert_chain_file', 'private_key_file', 'cacert_chain_file', 'crl_file'];
  const oneSource = 'secret' in spec || !('cert_chain_file' in spec) ? without(spec, files) : spec;
  const paired =
    'cert_chain_file' in oneSource ? { ...oneSource, private_key_file: 'fixtures/pki/client-ec.key' } : oneSource;
  return without(paired, ['crl_secret']);
}

function without(spec: Spec, fields: readonly string[]): Spec {
  return Object.fromEntries(Object.entries(spec).filter(([name]) => !fields.includes(name)));
}
