const NUMBER = new Intl.NumberFormat('en-US');

/** Writes a count with its noun: `1 user`, `4,812 users`. */
export function counted(count: number, noun: string): string {
  return `${NUMBER.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}
