import { catalogueEntry, type Code } from '../diagnostics/catalogue';
import type { Severity } from '../diagnostics/diagnostic';

/** Something wrong with what a Secret holds. Never contains PEM text or key bytes. */
export interface Finding {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly fix: string;
  /** The key of the Secret, such as `tls.crt`; where it is missing, the one that should be there. */
  readonly key: string;
}

/** What was read, if nothing about it is an error, and everything that was found on the way. */
export interface Judgement<T> {
  readonly value?: T;
  readonly findings: readonly Finding[];
}

interface Overrides {
  readonly fix?: string;
  readonly severity?: Severity;
}

/** Makes a Finding; severity and fix come from the catalogue unless overridden. */
export function finding(code: Code, key: string, message: string, overrides: Overrides = {}): Finding {
  const entry = catalogueEntry(code);
  return {
    code,
    key,
    message,
    severity: overrides.severity ?? entry.severity,
    fix: overrides.fix ?? entry.fix,
  };
}

export function hasError(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/** The value, withheld if any finding is an error. */
export function judged<T>(value: T | undefined, findings: readonly Finding[]): Judgement<T> {
  return value === undefined || hasError(findings) ? { findings } : { value, findings };
}
