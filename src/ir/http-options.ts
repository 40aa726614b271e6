import type { Definitions } from '../model/definitions';
import { type ModuleConfig, moduleConfig } from '../resolution/module';

/** What the Module says of every HTTP connection manager (Ambassador, "The Ambassador Module"). */
export interface HttpOptions {
  /** The authority loses its port where that is the listener's. */
  readonly stripMatchingHostPort: boolean;
}

const known = new WeakMap<ModuleConfig, HttpOptions>();

/** The options of a node group: the same object for as long as its Module is the same. */
export function httpOptions(definitions: Definitions): HttpOptions {
  const config = moduleConfig(definitions);
  let options = known.get(config);
  if (options === undefined) {
    options = build(config);
    known.set(config, options);
  }
  return options;
}

function build(config: ModuleConfig): HttpOptions {
  return { stripMatchingHostPort: config.strip_matching_host_port === true };
}
