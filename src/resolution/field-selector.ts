import type { ParsedSelector } from './label-selector';

/** The fields that every kind of object can be selected by (Kubernetes, "Field Selectors: Supported fields"). */
const FIELDS = { 'metadata.name': 'name', 'metadata.namespace': 'namespace' } as const;

/** All must hold. */
export type FieldSelector = readonly {
  readonly field: 'name' | 'namespace';
  readonly equal: boolean;
  readonly value: string;
}[];

/** Reads `metadata.name=value` and `metadata.namespace!=value`, joined by commas. */
export function parseFieldSelector(text: string): ParsedSelector<FieldSelector> {
  const selector: FieldSelector[number][] = [];
  for (const part of text.split(',')) {
    const groups = /^\s*(?<field>[\w.]+)\s*(?<operator>==?|!=)\s*(?<value>[-a-z0-9.]*)\s*$/.exec(part)?.groups;
    const field = Object.entries(FIELDS).find(([name]) => name === groups?.['field'])?.[1];
    if (field === undefined)
      return {
        ok: false,
        problem: `"${part.trim()}" selects by none of ${Object.keys(FIELDS).join(' and ')} with =, == or !=`,
      };
    selector.push({ field, equal: groups?.['operator'] !== '!=', value: groups?.['value'] ?? '' });
  }
  return { ok: true, selector };
}

export function fieldsSelected(
  selector: FieldSelector,
  object: { readonly name: string; readonly namespace: string },
): boolean {
  return selector.every(({ field, equal, value }) => (object[field] === value) === equal);
}
