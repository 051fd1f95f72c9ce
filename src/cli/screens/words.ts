const NUMBER = new Intl.NumberFormat('en-US');

/** `4,812` */
export function count(value: number): string {
  return NUMBER.format(value);
}

/** `1 user`, `4,812 users` */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
