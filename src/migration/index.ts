export { compare } from './compare';
export type { Compared, Difference, Verdict } from './compared';
