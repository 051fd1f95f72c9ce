import { counted } from '../../../domain/counted.ts';

/** Says what is waited for, and until what clock time. `untilMs` is epoch milliseconds. */
export function settlingText(rows: number, untilMs: number): string {
  const until = new Date(untilMs).toTimeString().slice(0, 8);
  return `waiting until ${until} to see whether ${counted(rows, 'call')} took effect`;
}
