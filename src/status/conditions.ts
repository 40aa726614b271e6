import type { Diagnostic, Subject } from '../diagnostics/diagnostic';
import { inventoryOf, type Item } from '../inventory';
import type { XdsStatus } from '../xds';
import { accepted } from './accepted';
import { certificateValid } from './certificate-valid';
import type { Condition } from './condition';
import { type EnvoyReport, envoyReport, type Published } from './envoy-report';
import { Programming } from './programmed';

/** Everything that conditions are made of, at one moment. */
export interface Observed {
  readonly diagnostics: readonly Diagnostic[];
  readonly groups: readonly Published[];
  readonly xds: XdsStatus;
  /** What the Envoys of the other replicas say; absent: nothing is known of them. */
  readonly others?: readonly EnvoyReport[] | undefined;
  readonly at: Date;
}

/** Tells the conditions of any definition at one moment. */
export class Conditions {
  readonly #findings = new Map<string, Diagnostic[]>();
  readonly #items = new Map<string, Item[]>();
  readonly #programming: Programming;
  readonly #at: Date;

  constructor({ diagnostics, groups, xds, others, at }: Observed) {
    this.#at = at;
    for (const finding of diagnostics) {
      if (finding.subject === undefined) continue;
      add(this.#findings, nameOf(finding.subject), finding);
    }
    for (const item of inventoryOf(groups.map(({ ir }) => ir)))
      for (const name of new Set(
        item.uses.filter(({ role }) => role === 'presents').flatMap(({ origins }) => origins.map(nameOf)),
      ))
        add(this.#items, name, item);
    this.#programming = new Programming(groups, envoyReport(groups, xds), others);
  }

  of(subject: Subject): readonly Condition[] {
    const name = nameOf(subject);
    const isAccepted = accepted(this.#findings.get(name) ?? []);
    const presents = subject.kind === 'Host' || subject.kind === 'TLSContext';
    const certificate = presents ? certificateValid(this.#items.get(name) ?? [], this.#at) : undefined;
    return [
      isAccepted,
      this.#programming.of(name, isAccepted.status === 'True'),
      ...(certificate === undefined ? [] : [certificate]),
    ];
  }
}

function nameOf({ kind, namespace, name }: Subject): string {
  return `${kind} ${namespace}/${name}`;
}

function add<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
