import type { Definition } from '../model/definition';
import { isLabelled, type LabelGroup, labelGroups } from '../resolution/labels';
import { type ModuleConfig, moduleConfig } from '../resolution/module';
import { authGate, type Closed, type Gate, rateLimitDomain, rateLimitGate } from '../resolution/plugin-services';
import type { BuildContext } from './build-context';
import type { RateLimitLabel, RouteAuthorization } from './route-configuration';

const BYPASS: RouteAuthorization = { type: 'bypass' };

/** What the AuthService and the RateLimitService of a node group mean for its routes. */
export class RouteGates {
  /** Equal for as long as the same Mapping comes to the same. */
  readonly key: string;
  /** Of routes that Envoy answers itself: nobody is asked whether it may. */
  readonly unasked: RouteAuthorization | undefined;
  readonly #module: ModuleConfig;
  readonly #auth: Gate<'AuthService'>;
  readonly #limits: Gate<'RateLimitService'>;
  readonly #domain: string | undefined;

  constructor(context: BuildContext) {
    this.#module = moduleConfig(context.definitions);
    this.#auth = authGate(context);
    this.#limits = rateLimitGate(context);
    this.#domain =
      this.#limits.type === 'asks' ? rateLimitDomain(this.#limits.service, context.definitions) : undefined;
    this.unasked = this.#auth.type === 'open' ? undefined : BYPASS;
    this.key = `${this.#auth.type} ${this.#domain ?? ''}`;
  }

  /** Why requests of a Mapping that forwards must not pass; undefined if they may. */
  closedFor({ spec }: Definition<'Mapping'>): Closed | undefined {
    if (this.#auth.type === 'closed' && spec.bypass_auth !== true) return this.#auth;
    if (this.#limits.type !== 'closed') return undefined;
    const { domain } = this.#limits;
    const labelled =
      domain === undefined ? isLabelled(spec, this.#module) : labelGroups(spec, domain, this.#module).length > 0;
    return labelled ? this.#limits : undefined;
  }

  /** Of the route of a Mapping that forwards. */
  authorization({ spec }: Definition<'Mapping'>): RouteAuthorization | undefined {
    if (spec.bypass_auth === true) return BYPASS;
    if (this.#auth.type !== 'asks') return undefined;
    const { auth_context_extensions: contextExtensions = {} } = spec;
    return Object.keys(contextExtensions).length > 0 ? { type: 'told', contextExtensions } : undefined;
  }

  /** The labels of requests of a Mapping that forwards. */
  rateLimits({ spec }: Definition<'Mapping'>): readonly (readonly RateLimitLabel[])[] {
    return this.#domain === undefined
      ? []
      : labelGroups(spec, this.#domain, this.#module).map((group) => group.map(label));
  }
}

type Specifier = LabelGroup[number];

const KNOWN = ['remote_address', 'source_cluster', 'destination_cluster'] as const;

/** The schema wants exactly one kind of label. */
function label(specifier: Specifier): RateLimitLabel {
  const { generic_key, request_headers } = specifier;
  if (generic_key !== undefined) {
    const { key, value } = generic_key;
    return { type: 'generic_key', ...(key !== undefined && { key }), value };
  }
  if (request_headers !== undefined)
    return { type: 'request_headers', key: request_headers.key, header: request_headers.header_name };
  return { type: KNOWN.find((name) => specifier[name] !== undefined) ?? 'remote_address' };
}
