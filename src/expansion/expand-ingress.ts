import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import { decode } from '../model/decode';
import { type Decoded, type Definition, subjectOf } from '../model/definition';
import { DerivedDocument, type Provenance } from '../model/derived-document';
import type { Path } from '../model/document';
import { type Backend, type ServiceNamed, resolveBackend } from './ingress-backend';
import { pathMatch } from './ingress-path';

/** Joins the Hosts of Ingresses to their Mappings. The name is Ambassador's; the value is the namespace, so that nobody else's join. */
const LABEL = 'a10r-k8s-ingress';
/** Exactly one label (RFC 1123 §2.1) before the rest of the name, whatever the port. */
const ONE_LABEL = '(?i)[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const ANY_PORT = '(:[0-9]+)?';
/** A name as it may stand below a wildcard. */
const DOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/i;

/**
 * Makes a Host of each name with a certificate and a Mapping of each path, named as Ambassador names them. They are definitions like
 * any others: checked, kept and quarantined one by one, with their positions in the Ingress. The Hosts route cleartext requests
 * too, as in Ambassador: an Ingress cannot say otherwise.
 */
export function expandIngress(
  ingress: Definition<'Ingress'>,
  ambassadorIds: readonly string[],
  serviceNamed: ServiceNamed,
): readonly Decoded[] {
  const maker = new Maker(ingress, ambassadorIds, serviceNamed);
  const { tls = [], rules = [], defaultBackend } = ingress.spec;
  return [
    ...tls.flatMap(({ hosts = ['*'], secretName }, entry) =>
      hosts.map((hostname, index) => maker.host(hostname, secretName, entry, index)),
    ),
    ...rules.flatMap(({ host, http }, rule) =>
      (http?.paths ?? []).map((path, index) => maker.mapping(host, path, rule, index)),
    ),
    ...(defaultBackend === undefined ? [] : [maker.defaultMapping(defaultBackend)]),
  ];
}

type IngressPath = NonNullable<NonNullable<Definition<'Ingress'>['spec']['rules']>[number]['http']>['paths'][number];

class Maker {
  readonly #ingress: Definition<'Ingress'>;
  readonly #ambassadorIds: readonly string[];
  readonly #serviceNamed: ServiceNamed;
  readonly #label: Readonly<Record<string, string>>;

  constructor(ingress: Definition<'Ingress'>, ambassadorIds: readonly string[], serviceNamed: ServiceNamed) {
    this.#ingress = ingress;
    this.#ambassadorIds = ambassadorIds;
    this.#serviceNamed = serviceNamed;
    this.#label = { [LABEL]: ingress.metadata.namespace };
  }

  /** Without a Secret there is no TLS to serve, and the Host is quarantined: its name must not fall through to another Host. */
  host(hostname: string, secretName: string | undefined, entry: number, index: number): Decoded {
    const at: Path = ['spec', 'tls', entry];
    const spec = {
      hostname,
      ...(secretName !== undefined && { tlsSecret: { name: secretName } }),
      mappingSelector: { matchLabels: this.#label },
      requestPolicy: { insecure: { action: 'Route' } },
    };
    const made = this.#make('Host', `${entry}-${index}`, {}, spec, [
      { to: ['spec', 'hostname'], from: [...at, 'hosts', index] },
      { to: ['spec', 'tlsSecret', 'name'], from: [...at, 'secretName'] },
      { to: [], from: at },
    ]);
    if (secretName !== undefined) return made;
    const message = `spec.tls[${entry}].secretName is missing: there is no certificate for "${hostname}"`;
    return faulty(made, diagnostic('CS1022', { message, location: this.#ingress.at(at), fix: 'add secretName' }));
  }

  mapping(host: string | undefined, path: IngressPath, rule: number, index: number): Decoded {
    const inRule: Path = ['spec', 'rules', rule];
    const at: Path = [...inRule, 'http', 'paths', index];
    const { match, problem } = pathMatch(path.path, path.pathType);
    const made = this.#mapping(`${rule}-${index}`, { ...hostMatch(host), ...match }, path.backend, at, [
      { to: ['spec', 'prefix'], from: [...at, 'path'] },
      { to: ['spec', 'hostname'], from: [...inRule, 'host'] },
      { to: ['spec', 'host'], from: [...inRule, 'host'] },
    ]);
    if (problem === undefined) return made;
    const location = this.#ingress.at([...at, problem.field]);
    return faulty(made, diagnostic('CS1024', { message: problem.message, location }));
  }

  /** Below every rule: it takes what nobody else does. */
  defaultMapping(backend: Backend): Decoded {
    const match = { hostname: '*', prefix: '/', precedence: -1 };
    return this.#mapping('default-backend', match, backend, ['spec'], []);
  }

  #mapping(suffix: string, match: object, backend: Backend, at: Path, provenance: readonly Provenance[]): Decoded {
    const backendAt = [...at, suffix === 'default-backend' ? 'defaultBackend' : 'backend'];
    const resolved = resolveBackend(this.#ingress, backend, backendAt, this.#serviceNamed);
    const service = 'service' in resolved ? resolved.service : PLACEHOLDER;
    const made = this.#make('Mapping', suffix, this.#label, { ...match, service, rewrite: '' }, [
      ...provenance,
      { to: ['spec', 'service'], from: resolved.path },
      { to: [], from: at },
    ]);
    return 'problem' in resolved ? faulty(made, resolved.problem) : made;
  }

  #make(
    kind: 'Host' | 'Mapping',
    suffix: string,
    label: Readonly<Record<string, string>>,
    spec: object,
    provenance: readonly Provenance[],
  ): Decoded {
    const { name, namespace, labels } = this.#ingress.metadata;
    const value = {
      apiVersion: 'getambassador.io/v3alpha1',
      kind,
      metadata: { name: `${name}-${suffix}`, namespace, labels: { ...labels, ...label } },
      spec: { ambassador_id: this.#ambassadorIds, ...spec },
    };
    const { file } = this.#ingress.at([]);
    const original = { file, locate: (path: Path, part?: 'key' | 'value') => this.#ingress.at(path, part) };
    return decode(new DerivedDocument(value, subjectOf(this.#ingress), provenance, original));
  }
}

/** The service of a Mapping that is quarantined for the want of one; nothing is ever sent there. */
const PLACEHOLDER = 'missing';

/** `*.example.com` stands for one label only, so it cannot be a glob of ours. */
function hostMatch(host: string | undefined): object {
  if (host?.startsWith('*.') !== true || !DOMAIN.test(host.slice(2))) return { hostname: host ?? '*' };
  return { host: `${ONE_LABEL}\\.${host.slice(2).replaceAll('.', '\\.')}${ANY_PORT}`, host_regex: true };
}

/** The definition with a finding that takes it out of service. */
function faulty(made: Decoded, finding: Diagnostic): Decoded {
  const subject = made.subject;
  return {
    ...made,
    rejected: true,
    diagnostics: [...made.diagnostics, subject === undefined ? finding : { ...finding, subject }],
  };
}
