import type { Stage } from '../src/compile';

export const MAPPINGS = 10_000;
export const CHANGES = 15;

export interface Measured {
  readonly wallMs: number;
  /** CPU time of the whole process, garbage collection and JIT compilation on other threads included. */
  readonly cpuMs: number;
  readonly stages: Readonly<Partial<Record<Stage, number>>>;
}

/** What one process measured. */
export interface CompileRun {
  readonly cold: Measured;
  readonly changes: readonly Measured[];
}
