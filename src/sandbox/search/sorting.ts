import type { Field } from './match.ts';

type Key = string | number;

/**
 * Sorts object numbers by one attribute, ascending unless `desc`. Equal ones are sorted by id, and objects without a value
 * come first.
 */
export function sorted(
  list: readonly number[],
  field: Field,
  idOf: (index: number) => string,
  sortOrder: string | null,
): readonly number[] {
  const down = sortOrder?.toLowerCase() === 'desc' ? -1 : 1;
  const none: Key = field.kind === 'time' ? 0 : '';
  const keys = new Map<number, Key>();
  for (const index of list) {
    const value = field.read(index) ?? none;
    keys.set(index, typeof value === 'object' ? (value[0] ?? '') : value);
  }
  return list.toSorted((a, b) => {
    const [x = none, y = none] = [keys.get(a), keys.get(b)];
    if (x === y) return idOf(a) < idOf(b) ? -1 : 1;
    return (x < y ? -1 : 1) * down;
  });
}
