import type { Path } from '../document';
import type { Kind } from '../kinds';
import { convertCors } from './convert-v2-cors';
import { convertDefaultLabels, convertLabels } from './convert-v2-labels';
import { type Fields, type Problem, isFields } from './problem';

/** A spec in the v3alpha1 form, and the way back to where its values were written. */
export interface Converted {
  readonly spec: unknown;
  readonly problems: readonly Problem[];
  /** The path in the document of a path in the v3alpha1 form. */
  toDocument(path: Path): Path;
}

/** A spec that needs no conversion. */
export function unconverted(spec: unknown): Converted {
  return { spec, problems: [], toDocument: (path) => path };
}

/** Where each kind with a `tls` of its own names its upstream. */
const SERVICE_FIELDS: Readonly<Record<string, string>> = {
  Mapping: 'service',
  TCPMapping: 'service',
  RateLimitService: 'service',
  AuthService: 'auth_service',
};

/** The apiVersions that are written as v2 is: v1 is v2 by an older name (Emissary, `pkg/api/getambassador.io/v1`). */
export const V2_VERSIONS: readonly string[] = ['v2', 'v1'];

/**
 * Converts the spec of a `getambassador.io/v2` document as Emissary's conversion webhook does; see its
 * `v2/handwritten.conversion.go`. What can't be converted is left as it is, for the schema to refuse.
 */
export function convertV2(kind: Kind, spec: unknown): Converted {
  if (!isFields(spec)) return unconverted(spec);
  const conversion = new Conversion(spec);
  const id = spec['ambassador_id'];
  if (typeof id === 'string') conversion.set('ambassador_id', [id]);
  conversion.rename('v3StatsName', 'stats_name');
  conversion.rename('v3CustomTags', 'custom_tags');
  conversion.rename('v3CircuitBreakers', 'circuit_breakers');
  const serviceField = SERVICE_FIELDS[kind];
  if (serviceField !== undefined) convertTls(conversion, serviceField);
  if (kind === 'Mapping') convertMapping(conversion);
  if (kind === 'Module') convertModule(conversion);
  if (kind === 'Host') convertHostSpec(conversion);
  if (kind === 'TLSContext') conversion.rename('v3CRLSecret', 'crl_secret');
  return conversion;
}

function convertMapping(conversion: Conversion): void {
  conversion.rename('v3health_checks', 'health_checks');
  convertHost(conversion);
  convertPresence(conversion, 'headers', 'regex_headers');
  convertPresence(conversion, 'query_parameters', 'regex_query_parameters');
  for (const list of ['remove_request_headers', 'remove_response_headers']) {
    const value = conversion.get(list);
    if (typeof value === 'string') conversion.set(list, [value]);
  }
  for (const field of ['add_request_headers', 'add_response_headers']) convertAddedHeaders(conversion, field);
  const cors = conversion.get('cors');
  if (isFields(cors)) conversion.set('cors', convertCors(cors));
  const labels = conversion.get('labels');
  if (labels !== undefined) conversion.set('labels', convertLabels(labels));
}

function convertModule(conversion: Conversion): void {
  const config = conversion.get('config');
  if (!isFields(config)) return;
  const { default_labels: labels, cors } = config;
  if (labels === undefined && !isFields(cors)) return;
  conversion.set('config', {
    ...config,
    ...(labels !== undefined && { default_labels: convertDefaultLabels(labels) }),
    ...(isFields(cors) && { cors: convertCors(cors) }),
  });
}

function convertHostSpec(conversion: Conversion): void {
  convertOldIds(conversion);
  if (!conversion.has('mappingSelector')) conversion.rename('selector', 'mappingSelector');
  const tls = conversion.get('tls');
  if (!isFields(tls) || !Object.hasOwn(tls, 'v3CRLSecret') || Object.hasOwn(tls, 'crl_secret')) return;
  const { v3CRLSecret, ...rest } = tls;
  conversion.set('tls', { ...rest, crl_secret: v3CRLSecret });
  conversion.moved(['tls', 'crl_secret'], ['tls', 'v3CRLSecret']);
}

/** The Edge Policy Console wrote a Host's `ambassador_id` in this spelling; both count where there are both. */
function convertOldIds(conversion: Conversion): void {
  const old = conversion.get('ambassadorId');
  const ids = conversion.get('ambassador_id');
  const more: unknown = typeof old === 'string' ? [old] : old;
  if (!Array.isArray(more) || (ids !== undefined && !Array.isArray(ids))) return;
  conversion.set('ambassador_id', [...(ids ?? []), ...more]);
  conversion.remove('ambassadorId');
  if (ids === undefined) conversion.moved(['ambassador_id'], ['ambassadorId']);
}

/** A header written as text is v3alpha1's `{value}`. */
function convertAddedHeaders(conversion: Conversion, field: string): void {
  const headers = conversion.get(field);
  if (!isFields(headers)) return;
  const texts = Object.keys(headers).filter((name) => typeof headers[name] === 'string');
  if (texts.length === 0) return;
  const added = Object.entries(headers).map(([name, value]): [string, unknown] => [
    name,
    typeof value === 'string' ? { value } : value,
  ]);
  conversion.set(field, Object.fromEntries(added));
  for (const name of texts) conversion.moved([field, name, 'value'], [field, name]);
}

/** What the webhook writes for a v3alpha1 Mapping without a hostname, which v2 cannot express. */
const WITHOUT_HOSTNAME = '_skip_mapping_with_empty_host_';

/** `host` is v3alpha1's `hostname`, unless it is a regular expression; no host means every host. */
function convertHost(conversion: Conversion): void {
  if (conversion.has('hostname')) {
    conversion.refuse(
      'hostname',
      'spec.hostname is a field of v3alpha1, not of v2',
      'write host, or use getambassador.io/v3alpha1',
    );
    return;
  }
  if (conversion.get('host_regex') === true) return;
  conversion.rename('host', 'hostname');
  const hostname = conversion.get('hostname');
  if (hostname === undefined || hostname === '') conversion.set('hostname', '*');
  if (hostname === WITHOUT_HOSTNAME) conversion.remove('hostname');
}

/** `tls: true` is v3alpha1's `https://` in the service; `tls: false` and an empty name say nothing. */
function convertTls(conversion: Conversion, serviceField: string): void {
  const tls = conversion.get('tls');
  const service = conversion.get(serviceField);
  if (tls === true && typeof service === 'string') {
    conversion.set(serviceField, `https://${service.replace(/^https?:\/\//i, '')}`);
    conversion.remove('tls');
  }
  if (tls === false || tls === '' || tls === null) conversion.remove('tls');
}

/** `name: true` asks only that a header or parameter is there: v3alpha1's regular expression `.*`. */
function convertPresence(conversion: Conversion, exact: string, regex: string): void {
  const values = conversion.get(exact);
  if (!isFields(values)) return;
  const regexes = conversion.get(regex);
  if (regexes !== undefined && !isFields(regexes)) return;
  const present = Object.keys(values).filter((name) => values[name] === true);
  if (present.length === 0) return;
  conversion.set(exact, Object.fromEntries(Object.entries(values).filter(([, value]) => value !== true)));
  conversion.set(regex, { ...Object.fromEntries(present.map((name) => [name, '.*'])), ...regexes });
  for (const name of present) {
    if (regexes === undefined || !Object.hasOwn(regexes, name)) conversion.moved([regex, name], [exact, name]);
  }
}

class Conversion implements Converted {
  readonly #fields: Map<string, unknown>;
  readonly #moves: { readonly to: Path; readonly from: Path }[] = [];
  readonly problems: Problem[] = [];

  constructor(spec: Fields) {
    this.#fields = new Map(Object.entries(spec));
  }

  get spec(): Fields {
    return Object.fromEntries(this.#fields);
  }

  get(field: string): unknown {
    return this.#fields.get(field);
  }

  has(field: string): boolean {
    return this.#fields.has(field);
  }

  set(field: string, value: unknown): void {
    this.#fields.set(field, value);
  }

  remove(field: string): void {
    this.#fields.delete(field);
  }

  rename(from: string, to: string): void {
    if (!this.#fields.has(from) || this.#fields.has(to)) return;
    this.#fields.set(to, this.#fields.get(from));
    this.#fields.delete(from);
    this.moved([to], [from]);
  }

  /** Records that what stands at `to` in the converted spec was written at `from`. */
  moved(to: Path, from: Path): void {
    this.#moves.push({ to: ['spec', ...to], from: ['spec', ...from] });
  }

  /** Takes the field out and reports it. */
  refuse(field: string, message: string, fix: string): void {
    this.remove(field);
    this.problems.push({ code: 'CS1020', message, fix, path: ['spec', field], part: 'key', meant: field });
  }

  toDocument(path: Path): Path {
    const move = this.#moves.find(({ to }) => to.every((part, index) => path[index] === part));
    return move === undefined ? path : [...move.from, ...path.slice(move.to.length)];
  }
}
