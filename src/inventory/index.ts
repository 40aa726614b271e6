export { type Edge, edgesOf } from './edge';
export { inventoryOf } from './inventory';
export { certificatesOf, type Item } from './item';
export { isWithin, type Life, lifeOf, parseThreshold, type Threshold } from './life';
export { planRollover, type RolloverPlan, type Step } from './rollover';
export { nameOf, type Use } from './use';
