import type { AnyDefinition } from '../../model/definition';
import type { DefinitionFinding, DefinitionRule } from '../rule';
import { authHeaderRule } from './auth-header-rule';
import { consulRule } from './consul-rule';
import { deprecationRule } from './deprecation-rule';
import { headerRule } from './header-rule';
import { healthCheckRule } from './health-check-rule';
import { hostRule } from './host-rule';
import { hostnameRule } from './hostname-rule';
import { labelRule } from './label-rule';
import { loadBalancerRule } from './load-balancer-rule';
import { pathSeparatedRule } from './path-separated-rule';
import { protocolStackRule } from './protocol-stack-rule';
import { accessLogRule } from './access-log-rule';
import { luaRule } from './lua-rule';
import { moduleRule } from './module-rule';
import { redirectRule } from './redirect-rule';
import { regexRule } from './regex-rule';
import { serviceRule } from './service-rule';
import { serviceSettingsRule } from './service-settings-rule';
import { tlsFilesRule } from './tls-files-rule';
import { tlsSettingsRule } from './tls-settings-rule';
import { workloadIdentityRule } from './workload-identity-rule';

/** Every rule about one definition by itself, in the order in which people should read the findings. */
export const definitionRules: readonly DefinitionRule[] = Object.freeze([
  hostnameRule,
  serviceRule,
  pathSeparatedRule,
  regexRule,
  headerRule,
  redirectRule,
  deprecationRule,
  loadBalancerRule,
  healthCheckRule,
  hostRule,
  protocolStackRule,
  moduleRule,
  accessLogRule,
  luaRule,
  tlsSettingsRule,
  authHeaderRule,
  labelRule,
  serviceSettingsRule,
  tlsFilesRule,
  consulRule,
  workloadIdentityRule,
]);

const NONE: readonly DefinitionFinding[] = [];
const findings = new WeakMap<AnyDefinition, readonly DefinitionFinding[]>();

/** What the rules say of a definition; remembered for as long as it is the same object. */
export function judgeDefinition(definition: AnyDefinition): readonly DefinitionFinding[] {
  let known = findings.get(definition);
  if (known === undefined) {
    known = NONE;
    // Without an iterator: these are the most calls that there are.
    for (let index = 0; index < definitionRules.length; index += 1) {
      const found = definitionRules[index]?.(definition) ?? NONE;
      if (found.length > 0) known = [...known, ...found];
    }
    findings.set(definition, known);
  }
  return known;
}
