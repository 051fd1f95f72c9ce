import { counted } from '../../../domain/counted.ts';

/** Says what is waited for, and until when on the clock. `untilMs` is epoch milliseconds. */
export function settlingText(rows: number, untilMs: number): string {
  const until = new Date(untilMs).toTimeString().slice(0, 8);
  return `waiting until ${until} to see whether ${counted(rows, 'call')} took effect`;
}
