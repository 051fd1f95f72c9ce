import { AppError } from '../../domain/codes/app-error.ts';
import { bits, share } from '../chance.ts';
import {
  DEFAULT_DELAY_MS,
  isLateFault,
  LAGGING_READS,
  lagNames,
  LATE_FAULTS,
  splitDelay,
  type Lag,
  type LaggingRead,
  type LateFault,
} from './late.ts';

/** Each fault, and whether the request took effect. */
export const FAULTS = {
  /** The org stops listening for 200 ms, so connections are refused. This request is reset. */
  refuse: false,
  'reset-before': false,
  'reset-after': true,
  'stall-before': false,
  /** The request took effect; its answer never begins. */
  'stall-headers': true,
  /** Headers and half of the body, then silence. */
  'stall-body': true,
  /** Headers and half of the body, then a reset, so a temporary password is cut off halfway. */
  'cut-body': true,
  /** The correct status (200 for 204), with a body that is not JSON. */
  garbage: true,
  /** Bytes that are not HTTP. */
  'garbage-protocol': true,
  'html-502-before': false,
  'html-502-after': true,
  'html-504-before': false,
  'html-504-after': true,
  '500-before': false,
  '500-after': true,
  '503-before': false,
  '503-after': true,
  '429-window': false,
  '429-concurrency': false,
  /** E0000118 on requests that send email; no effect on others. */
  'mail-429': false,
  /** The whole body, a few bytes at a time, over about a second. */
  'slow-drip': true,
  /** A correct answer with 32 MiB of padding. */
  oversized: true,
  'duplicate-headers': true,
  'malformed-headers': true,
  /** A network that first asks for a sign-in: 200 with its own web page. Nothing reached Okta. */
  'captive-page': false,
  /** E0000014 on temporary passwords of directory users, because the directory refused the password; no effect on others. */
  'e0000014-before': false,
  /** The same answer, but the directory changed the password and refused to force a change of it. */
  'e0000014-after': true,
  /** 302 to a foreign origin. */
  redirect: false,
  /** Nothing more is ever read from or written to this connection. */
  'half-open': false,
} as const satisfies Record<string, boolean>;

export type Fault = keyof typeof FAULTS;

/** Faults of the whole org, `NAME=on`. */
const TRAPS = {
  'loop-next': 'loopNext',
  'admin-next': 'adminNext',
  'scheme-next': 'schemeNext',
  'big-headers': 'bigHeaders',
  'no-org': 'noOrg',
} as const;

const isTrap = (name: string): name is keyof typeof TRAPS => Object.hasOwn(TRAPS, name);

/** Names that mean one of two faults, each half of the time. */
const COINS: Readonly<Record<string, readonly [Fault, Fault]>> = {
  reset: ['reset-before', 'reset-after'],
  stall: ['stall-before', 'stall-headers'],
  'html-502': ['html-502-before', 'html-502-after'],
  'html-504': ['html-504-before', 'html-504-after'],
  e0000014: ['e0000014-before', 'e0000014-after'],
  '500': ['500-before', '500-after'],
  '503': ['503-before', '503-after'],
};

/** What happens to a request. */
export interface Strike {
  /** Its name in the counts. */
  readonly name: Fault | LateFault;
  /** The fault that the client sees on the wire. */
  readonly fault: Fault;
  /** The effect comes this long after the request; undefined if it comes before the answer, or never, as the fault says. */
  readonly lateMs: number | undefined;
}

type Draw = { readonly strikes: readonly [Strike, Strike]; readonly below: number };

/** Faults by share of requests, and faults of the whole org. */
export interface Chaos {
  readonly writes: readonly Draw[];
  readonly reads: readonly Draw[];
  /**
   * Reads that show an earlier state of the org. They are drawn independently of the faults, which can hit the same reads.
   */
  readonly lags: readonly Lag[];
  /** Every `next` link points to this origin. */
  readonly foreignNext: string | undefined;
  /** Every `next` link points to its own page. */
  readonly loopNext: boolean;
  /** Every `next` link names the `-admin` host. */
  readonly adminNext: boolean;
  /** Every `next` link has the wrong one of `http` and `https`. */
  readonly schemeNext: boolean;
  /** Every answer has a Content-Security-Policy of more than 16 KiB. */
  readonly bigHeaders: boolean;
  /** There is no org with this name: every request is answered 404. */
  readonly noOrg: boolean;
  /** The token in use is revoked right after this many writes took effect, once. */
  readonly revokeTokenAfter: number | undefined;
}

const NO_TRAPS = {
  loopNext: false,
  adminNext: false,
  schemeNext: false,
  bigHeaders: false,
  noOrg: false,
};

export const NO_CHAOS: Chaos = {
  writes: [],
  reads: [],
  lags: [],
  foreignNext: undefined,
  ...NO_TRAPS,
  revokeTokenAfter: undefined,
};

function refuse(message: string): never {
  throw new AppError('USAGE', message, {
    hint: `For example: reset-after=5%,html-504-late=2%@15s,reads:stall-headers=1%,lag-user=10%@5s. Faults: ${[
      ...Object.keys(FAULTS),
      ...Object.keys(LATE_FAULTS),
      ...Object.keys(COINS),
    ].join(
      ', ',
    )}; reads that lag: lag, ${Object.keys(LAGGING_READS).join(', ')}; also foreign-next=ORIGIN, revoke-token-after=N, ${Object.keys(
      TRAPS,
    )
      .map((name) => `${name}=on`)
      .join(', ')}.`,
  });
}

function isFault(name: string): name is Fault {
  return Object.hasOwn(FAULTS, name);
}

function parseShare(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text);
  if (match?.[1] === undefined) return undefined;
  const value = Number(match[1]) / (match[2] === '%' ? 100 : 1);
  return value <= 1 ? value : undefined;
}

function strikesOf(
  name: string,
  lateMs: number | undefined,
): readonly [Strike, Strike] | undefined {
  if (isLateFault(name)) {
    const strike = { name, fault: LATE_FAULTS[name], lateMs: lateMs ?? DEFAULT_DELAY_MS };
    return [strike, strike];
  }
  const coin = Object.hasOwn(COINS, name) ? COINS[name] : undefined;
  const faults = isFault(name) ? ([name, name] as const) : coin;
  if (faults === undefined) return undefined;
  if (lateMs !== undefined) refuse(`${name} takes no time: only late faults and lags have one.`);
  const [one, other] = faults;
  return [
    { name: one, fault: one, lateMs: undefined },
    { name: other, fault: other, lateMs: undefined },
  ];
}

function shareOf(name: string, value: string): { share: number; delayMs: number | undefined } {
  const split = splitDelay(value);
  if (split === undefined) refuse(`${name}=${value} does not end in a time: write 5%@15s.`);
  const part = parseShare(split.share);
  if (part === undefined)
    refuse(`${name}=${value} is not a share: write 5% or 0.05, at most 100%.`);
  return { share: part, delayMs: split.delayMs };
}

function addDraw(draws: Draw[], scope: string, name: string, value: string): void {
  const { share: part, delayMs } = shareOf(name, value);
  const strikes = strikesOf(name, delayMs);
  if (strikes === undefined) refuse(`The sandbox knows no fault ${name}.`);
  if (scope === 'reads' && isLateFault(name))
    refuse(`${name} is only for writes: a read has no effect that could come late.`);
  const below = (draws.at(-1)?.below ?? 0) + part;
  if (below > 1.000001) refuse(`The shares of the faults of ${scope} add up to more than 100%.`);
  draws.push({ strikes, below });
}

function addLags(lags: Lag[], scope: string | undefined, name: string, value: string): boolean {
  const names = lagNames(name);
  if (names === undefined) return false;
  if (scope !== undefined && scope !== 'reads') refuse(`${name} is only for reads.`);
  const { share: part, delayMs = DEFAULT_DELAY_MS } = shareOf(name, value);
  for (const one of names) lags.push({ name: one, share: part, lagMs: delayMs });
  return true;
}

function originOf(text: string): string {
  try {
    return new URL(text).origin;
  } catch {
    return refuse(`foreign-next=${text} is not an origin such as http://127.0.0.1:9999.`);
  }
}

/**
 * Parses `reset-before=5%,reads:stall-headers=1%,revoke-token-after=100`. A fault hits writes; with `reads:` before it,
 * reads; with `all:`, both. `reset-late=5%@15s` acts 15 s after the request; `lag-user=10%@5s` reads users as they were
 * 5 s ago. Throws `AppError` USAGE for unknown words.
 */
export function parseChaos(text: string): Chaos {
  const writes: Draw[] = [];
  const reads: Draw[] = [];
  const lags: Lag[] = [];
  const traps = { ...NO_TRAPS };
  let { foreignNext, revokeTokenAfter } = NO_CHAOS;
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const match = /^(?:(reads|writes|all):)?([a-z0-9-]+)=(.+)$/.exec(part.trim());
    const [, given, name, value] = match ?? [];
    if (name === undefined || value === undefined)
      refuse(`Cannot read the fault "${part.trim()}".`);
    if (name === 'foreign-next') foreignNext = originOf(value);
    else if (isTrap(name)) traps[TRAPS[name]] = value === 'on' || value === '100%';
    else if (name === 'revoke-token-after') {
      if (!/^\d+$/.test(value)) refuse(`revoke-token-after=${value} is not a number of writes.`);
      revokeTokenAfter = Number(value);
    } else if (!addLags(lags, given, name, value)) {
      const scope = given ?? 'writes';
      if (scope !== 'reads') addDraw(writes, 'writes', name, value);
      if (scope !== 'writes') addDraw(reads, 'reads', name, value);
    }
  }
  return { writes, reads, lags, ...traps, foreignNext, revokeTokenAfter };
}

/**
 * Draws the fault of a request. A write's fault depends on the seed, the user and the number of writes the user has had, so
 * it does not depend on the order of requests.
 */
export function drawFault(
  draws: readonly Draw[],
  seed: number,
  key: number,
  nth: number,
): Strike | undefined {
  const point = share(seed ^ 0x5bd1e995, key, 500 + nth);
  const draw = draws.find(({ below }) => point < below);
  return draw?.strikes[(bits(seed, key, 900 + nth) & 1) as 0 | 1];
}

/** Draws how far a read lags: the first kind of lag that hits it decides. Only some kinds of reads can lag. */
export function drawLag(
  lags: readonly Lag[],
  read: LaggingRead | undefined,
  seed: number,
  request: number,
): Lag | undefined {
  return lags.find(
    (lag, at) =>
      LAGGING_READS[lag.name] === read && share(seed ^ 0x2c1b3c6d, request, 700 + at) < lag.share,
  );
}

/** How far back reads can go. Milliseconds; 0 if no read lags. */
export function longestLagMs(chaos: Chaos): number {
  return Math.max(0, ...chaos.lags.map(({ lagMs }) => lagMs));
}
