import { parseDurationMs } from '../../domain/duration.ts';

/** How long a late effect or a lagging read takes by default. Milliseconds. */
export const DEFAULT_DELAY_MS = 5000;

/**
 * Writes whose answer is lost while the org still works on them: the name of the fault that looks the same to the client.
 * The effect comes later, by the org's clock.
 */
export const LATE_FAULTS = {
  /** The connection is cut. */
  'reset-late': 'reset-before',
  /** No answer ever begins. */
  'stall-late': 'stall-before',
  /** A proxy gave up waiting. */
  'html-504-late': 'html-504-before',
  'html-502-late': 'html-502-before',
  /** Okta's own E0000009. */
  '500-late': '500-before',
} as const;

export type LateFault = keyof typeof LATE_FAULTS;

export function isLateFault(name: string): name is LateFault {
  return Object.hasOwn(LATE_FAULTS, name);
}

/** Reads that can lag behind the current state. */
export const LAGGING_READS = {
  'lag-user': 'user',
  'lag-list': 'list',
  'lag-log': 'log',
} as const;

export type LagName = keyof typeof LAGGING_READS;
export type LaggingRead = (typeof LAGGING_READS)[LagName];

/** The share of one kind of read that shows the org as it was this long ago. */
export interface Lag {
  readonly name: LagName;
  readonly share: number;
  readonly lagMs: number;
}

/** Parses `lag`, `lag-user`, `lag-list` or `lag-log` to the kinds of read that it means; undefined for another word. */
export function lagNames(name: string): readonly LagName[] | undefined {
  const all = Object.keys(LAGGING_READS) as LagName[];
  if (name === 'lag') return all;
  const named = all.filter((known) => known === name);
  return named.length === 0 ? undefined : named;
}

/** Splits `5%@15s` into the text of the share and the delay; undefined if there is no time after the `@`. */
export function splitDelay(
  text: string,
): { readonly share: string; readonly delayMs: number | undefined } | undefined {
  const at = text.indexOf('@');
  if (at < 0) return { share: text, delayMs: undefined };
  const delayMs = parseDurationMs(text.slice(at + 1));
  return delayMs === undefined ? undefined : { share: text.slice(0, at), delayMs };
}
