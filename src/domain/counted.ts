const NUMBER = new Intl.NumberFormat('en-US');

/** Formats a count for people: `12,408`. */
export function count(value: number): string {
  return NUMBER.format(value);
}

/** Formats a count with its noun: `1 user`, `4,812 users`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
