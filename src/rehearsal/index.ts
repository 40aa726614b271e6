export type { Attempt, Outcome, Verdict } from './attempt';
export type { Observation } from './observation';
export type { Offer } from './offer';
export { type Demands, type Refusal, refusalOf } from './peer';
export { type ClusterPlan, type Demanded, plansOf, type Presented, type Target, type TlsPlan } from './plan';
export { verdictOf } from './verdict';
export { demandSame, planKey, presentSame } from './plan-key';
