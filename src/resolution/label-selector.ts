type Labels = Readonly<Record<string, unknown>>;

/** One condition on a label. `notin` and `absent` hold where the label is not there. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'absent';
  /** Empty for `exists` and `absent`. */
  readonly values: readonly string[];
}

/** All must hold. */
export type LabelSelector = readonly LabelRequirement[];

export type ParsedSelector<Selector> =
  | { readonly ok: true; readonly selector: Selector }
  | { readonly ok: false; readonly problem: string };

const KEY = '(?:[a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?';
const VALUE = '(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?';
const EXISTS = new RegExp(`^(?<not>!?)\\s*(?<key>${KEY})$`);
const EQUALS = new RegExp(`^(?<key>${KEY})\\s*(?<operator>==?|!=)\\s*(?<value>${VALUE})$`);
const SET = new RegExp(`^(?<key>${KEY})\\s+(?<operator>in|notin)\\s*\\((?<values>[^()]*)\\)$`);
const ONE_VALUE = new RegExp(`^${VALUE}$`);

/** Reads a selector by Kubernetes’ grammar ("Labels and Selectors: API"): equality-based and set-based requirements, joined by commas. */
export function parseLabelSelector(text: string): ParsedSelector<LabelSelector> {
  const selector: LabelRequirement[] = [];
  // Commas in parentheses separate values, not requirements.
  for (const part of text.split(/,(?![^()]*\))/)) {
    const requirement = parseRequirement(part.trim());
    if (requirement === undefined)
      return {
        ok: false,
        problem: `"${part.trim()}" is no requirement: write key=value, key!=value, key in (a,b), key notin (a,b), key or !key`,
      };
    selector.push(requirement);
  }
  return { ok: true, selector };
}

function parseRequirement(text: string): LabelRequirement | undefined {
  const exists = EXISTS.exec(text)?.groups;
  if (exists !== undefined)
    return { key: exists['key'] ?? '', operator: exists['not'] === '!' ? 'absent' : 'exists', values: [] };
  const equals = EQUALS.exec(text)?.groups;
  if (equals !== undefined)
    return {
      key: equals['key'] ?? '',
      operator: equals['operator'] === '!=' ? 'notin' : 'in',
      values: [equals['value'] ?? ''],
    };
  const set = SET.exec(text)?.groups;
  if (set === undefined) return undefined;
  const values = (set['values'] ?? '').split(',').map((value) => value.trim());
  if (!values.every((value) => ONE_VALUE.test(value))) return undefined;
  return { key: set['key'] ?? '', operator: set['operator'] === 'in' ? 'in' : 'notin', values };
}

export function labelsSelected(selector: LabelSelector, labels: Labels): boolean {
  return selector.every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    const isOneOf = typeof value === 'string' && values.includes(value);
    switch (operator) {
      case 'in':
        return isOneOf;
      case 'notin':
        return !isOneOf;
      case 'exists':
        return value !== undefined;
      case 'absent':
        return value === undefined;
    }
  });
}
