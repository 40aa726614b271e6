import type { Definitions } from '../model/definitions';
import type { Specs } from '../model/kinds';

export type ModuleConfig = NonNullable<Specs['Module']['config']>;

const NO_CONFIG: ModuleConfig = {};

/** The configuration of the Module `ambassador`, the only one that means anything; the first by namespace wins. */
export function moduleConfig(definitions: Definitions): ModuleConfig {
  return definitions.of('Module').find((module) => module.metadata.name === 'ambassador')?.spec.config ?? NO_CONFIG;
}
