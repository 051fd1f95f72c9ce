import { AppError } from '../domain/app-error.ts';
import { EXIT } from '../domain/exit-code.ts';
import { bits, share } from './chance.ts';

/** Each fault, and whether the request took effect before it. */
export const FAULTS = {
  /** The org stops listening for 200 ms: connections are refused. This request is reset. */
  refuse: 'before',
  'reset-before': 'before',
  'reset-after': 'after',
  'stall-before': 'before',
  /** The request took effect; its answer never begins. */
  'stall-headers': 'after',
  /** Headers and half of the body, then silence. */
  'stall-body': 'after',
  /** Headers and half of the body, then a reset: a temporary password cut off half-way. */
  'cut-body': 'after',
  /** 200 with a body that is not JSON. */
  garbage: 'after',
  /** Bytes that are not HTTP. */
  'garbage-protocol': 'after',
  'html-502-before': 'before',
  'html-502-after': 'after',
  '500-before': 'before',
  '500-after': 'after',
  '503-before': 'before',
  '503-after': 'after',
  '429-window': 'before',
  '429-concurrency': 'before',
  /** E0000118, on requests that send e-mail; on others nothing. */
  'mail-429': 'before',
  /** The whole body, a few bytes at a time over about a second. */
  'slow-drip': 'after',
  /** A true answer with 32 MiB of padding. */
  oversized: 'after',
  'duplicate-headers': 'after',
  'malformed-headers': 'after',
  /** 302 to a foreign origin. */
  redirect: 'before',
  /** Nothing more is ever read from or written to this connection. */
  'half-open': 'before',
} as const satisfies Record<string, 'before' | 'after'>;

export type Fault = keyof typeof FAULTS;

/** Names that stand for either of two faults, half and half. */
const COINS: Readonly<Record<string, readonly [Fault, Fault]>> = {
  reset: ['reset-before', 'reset-after'],
  stall: ['stall-before', 'stall-headers'],
  'html-502': ['html-502-before', 'html-502-after'],
  '500': ['500-before', '500-after'],
  '503': ['503-before', '503-after'],
};

type Draw = { readonly faults: readonly [Fault, Fault]; readonly below: number };

/** Faults by share of requests, and traps that hold for the whole org. */
export interface Chaos {
  readonly writes: readonly Draw[];
  readonly reads: readonly Draw[];
  /** Every `next` link points to this origin. */
  readonly foreignNext: string | undefined;
  /** Every `next` link points to its own page. */
  readonly loopNext: boolean;
  /** The token in use is revoked right after this many writes took effect; once. */
  readonly revokeTokenAfter: number | undefined;
}

export const NO_CHAOS: Chaos = {
  writes: [],
  reads: [],
  foreignNext: undefined,
  loopNext: false,
  revokeTokenAfter: undefined,
};

function refuse(message: string): never {
  throw new AppError('USAGE', message, {
    hint: `Write e.g. reset-after=5%,html-502=1%,reads:stall-headers=1%. Faults: ${[
      ...Object.keys(FAULTS),
      ...Object.keys(COINS),
    ].join(', ')}; also foreign-next=ORIGIN, loop-next=on, revoke-token-after=N.`,
    exitCode: EXIT.usage,
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

function addDraw(draws: Draw[], scope: string, name: string, value: string): void {
  const coin = Object.hasOwn(COINS, name) ? COINS[name] : undefined;
  const faults = isFault(name) ? ([name, name] as const) : coin;
  if (faults === undefined) refuse(`The sandbox knows no fault ${name}.`);
  const part = parseShare(value);
  if (part === undefined)
    refuse(`${name}=${value} is not a share: write 5% or 0.05, at most 100%.`);
  const below = (draws.at(-1)?.below ?? 0) + part;
  if (below > 1.000001) refuse(`The shares of the faults of ${scope} add up to more than 100%.`);
  draws.push({ faults, below });
}

function originOf(text: string): string {
  try {
    return new URL(text).origin;
  } catch {
    return refuse(`foreign-next=${text} is not an origin such as http://127.0.0.1:9999.`);
  }
}

/**
 * Parses `reset-before=5%,reads:stall-headers=1%,revoke-token-after=100`. A fault strikes writes; with `reads:`
 * before it, reads; with `all:`, both. Throws `AppError` USAGE for what it does not know.
 */
export function parseChaos(text: string): Chaos {
  const writes: Draw[] = [];
  const reads: Draw[] = [];
  let { foreignNext, loopNext, revokeTokenAfter } = NO_CHAOS;
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const match = /^\s*(?:(reads|writes|all):)?([a-z0-9-]+)=(.+?)\s*$/.exec(part);
    const [, scope = 'writes', name, value] = match ?? [];
    if (name === undefined || value === undefined)
      refuse(`Cannot read the fault "${part.trim()}".`);
    if (name === 'foreign-next') foreignNext = originOf(value);
    else if (name === 'loop-next') loopNext = value === 'on' || value === '100%';
    else if (name === 'revoke-token-after') {
      if (!/^\d+$/.test(value)) refuse(`revoke-token-after=${value} is not a number of writes.`);
      revokeTokenAfter = Number(value);
    } else {
      if (scope !== 'reads') addDraw(writes, 'writes', name, value);
      if (scope !== 'writes') addDraw(reads, 'reads', name, value);
    }
  }
  return { writes, reads, foreignNext, loopNext, revokeTokenAfter };
}

/**
 * Draws the fault of a request. A write's fault depends on the seed, the user and how many writes the user has
 * seen, so that it is the same however the requests interleave.
 */
export function drawFault(
  draws: readonly Draw[],
  seed: number,
  key: number,
  nth: number,
): Fault | undefined {
  if (draws.length === 0) return undefined;
  const point = share(seed ^ 0x5bd1e995, key, 500 + nth);
  const draw = draws.find(({ below }) => point < below);
  return draw?.faults[(bits(seed, key, 900 + nth) & 1) as 0 | 1];
}
