import type { Diagnostic } from '../diagnostics/diagnostic';
import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { Specs } from '../model/kinds';
import type { Quarantine } from './quarantine';

export type ModuleConfig = NonNullable<Specs['Module']['config']>;

const NO_CONFIG: ModuleConfig = {};

/** The Module `ambassador` of a node group, the only one that means anything; the first by namespace counts. */
export function moduleOf(definitions: Definitions): Definition<'Module'> | undefined {
  return definitions.of('Module').find(({ metadata }) => metadata.name === 'ambassador');
}

/** What the Module says; where it is out of service, only what it says beyond doubt. */
export function moduleConfig(definitions: Definitions): ModuleConfig {
  return moduleOf(definitions)?.spec.config ?? NO_CONFIG;
}

/**
 * Why nothing may be served over HTTP: the Module is out of service and no earlier version of it is known, so nobody knows whom it lets in
 * (`ip_allow`), or what it bars. A Module that only lacks settings that may be missed is no such reason.
 */
export function moduleFault(definitions: Definitions, quarantine: Quarantine): Diagnostic | undefined {
  const module = moduleOf(definitions);
  return (module && quarantine.reasonFor(module)) ?? quarantine.unread('Module')?.reason;
}

/** How large the program of a Mapping's regular expression may be, in RE2's instructions; undefined where the Module says nothing. */
export function regexMaxSize(definitions: Definitions): number | undefined {
  return moduleConfig(definitions).regex_max_size;
}
