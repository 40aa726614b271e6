/** What the catalogue holds on one code; `docs/diagnostics.md` is generated from it. */
export interface CatalogueEntry {
  /** A short name for the finding, in lower case. */
  readonly title: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** Why it matters: what Envoy or Ambassador would do, and what Countersign does instead. One or two sentences. */
  readonly explanation: string;
  /** What to do about it, used where the finding has nothing more precise to say. */
  readonly fix: string;
  /** Raised while Envoys are served, and so by no command that a fixture could show. */
  readonly inService?: true;
  /** No input is known that raises it, and so none can be a fixture. */
  readonly unprovoked?: true;
}
