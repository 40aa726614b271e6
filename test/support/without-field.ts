type Value = Readonly<Record<string, unknown>>;

/**
 * Copies of a value, each without one occurrence of the field at a path of `fieldsOf`, such as `list[].field` or
 * `map.<name>.field`; none where it does not occur.
 */
export function withoutField(value: unknown, path: string): readonly unknown[] {
  return without(value, path.replaceAll('[]', '.[]').split('.'));
}

function without(value: unknown, [head, ...rest]: readonly string[]): readonly unknown[] {
  if (typeof value !== 'object' || value === null || head === undefined) return [];
  if (head === '[]')
    return Array.isArray(value)
      ? value.flatMap((item: unknown, index) => without(item, rest).map((copy) => value.with(index, copy)))
      : [];
  const fields = value as Value;
  const inside = (name: string) => without(fields[name], rest).map((copy) => ({ ...fields, [name]: copy }));
  if (head === '<name>') return Object.keys(fields).flatMap(inside);
  if (!Object.hasOwn(fields, head)) return [];
  if (rest.length > 0) return inside(head);
  const { [head]: _, ...others } = fields;
  return [others];
}
