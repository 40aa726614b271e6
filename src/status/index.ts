export { type Condition, CONDITION_TYPES, KINDS_WITH_STATUS } from './condition';
export { Conditions, type Observed } from './conditions';
export { type EnvoyReport, envoyReport } from './envoy-report';
