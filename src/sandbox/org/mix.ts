import { PROVIDER_TYPES, USER_STATUSES } from '../../domain/org/user.ts';
import { bits } from '../chance.ts';

export type Status = (typeof USER_STATUSES)[number];
export type Provider = (typeof PROVIDER_TYPES)[number];

/** Which kinds of users an org has. Weights can have any sum; shares are 0 to 1. */
export interface Mix {
  /** Weight per status; replaces all default weights. */
  readonly statuses?: Readonly<Partial<Record<Status, number>>> | undefined;
  /** Weight per provider type; replaces all default weights. */
  readonly providers?: Readonly<Partial<Record<Provider, number>>> | undefined;
  /** Share with a second email address. Default 0.2. */
  readonly secondEmail?: number | undefined;
  /** Share with a name that attacks CSV, spreadsheets, HTML or terminals. Default 0.02. */
  readonly hostile?: number | undefined;
  /** Share with another user's email address, so that it names two people. Default 0.01. */
  readonly sharedEmail?: number | undefined;
  /** Share whose email bounces. Default 0. */
  readonly bounced?: number | undefined;
  /** Share whose email passes through a scanner that opens every link at once, which uses up a reset link. Default 0. */
  readonly scanned?: number | undefined;
  /** Share of directory users for whom the agent times out: 502 E0000240, every other one after the effect. Default 0. */
  readonly agentTimeout?: number | undefined;
  /** Share of directory users whose domain has no connected agent: 504 E0000241, no effect. Default 0. */
  readonly agentAbsent?: number | undefined;
  /** Share of directory users that the agent's account must not change: 403 E0000006, no effect. Default 0. */
  readonly agentDenied?: number | undefined;
}

export type Shares = {
  readonly [K in Exclude<keyof Mix, 'statuses' | 'providers'>]-?: number;
};

/** A company a few years after it introduced Okta: most users active, most from Okta itself, and some of everything. */
export const DEFAULT_STATUSES: Readonly<Record<Status, number>> = {
  ACTIVE: 70,
  DEPROVISIONED: 4,
  LOCKED_OUT: 4,
  PASSWORD_EXPIRED: 6,
  PROVISIONED: 5,
  RECOVERY: 4,
  STAGED: 3,
  SUSPENDED: 4,
};

export const DEFAULT_PROVIDERS: Readonly<Record<Provider, number>> = {
  ACTIVE_DIRECTORY: 10,
  FEDERATION: 6,
  IMPORT: 5,
  LDAP: 3,
  OKTA: 72,
  SOCIAL: 4,
};

export function sharesOf(mix: Mix): Shares {
  return {
    secondEmail: mix.secondEmail ?? 0.2,
    hostile: mix.hostile ?? 0.02,
    sharedEmail: mix.sharedEmail ?? 0.01,
    bounced: mix.bounced ?? 0,
    scanned: mix.scanned ?? 0,
    agentTimeout: mix.agentTimeout ?? 0,
    agentAbsent: mix.agentAbsent ?? 0,
    agentDenied: mix.agentDenied ?? 0,
  };
}

function steps<K extends string>(
  names: readonly K[],
  weights: Readonly<Partial<Record<K, number>>>,
): Float64Array {
  const given = names.map((name) => Math.max(0, weights[name] ?? 0));
  const total = given.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return Float64Array.from(given, (weight) => (sum += weight / (total || 1)));
}

function pick(bounds: Float64Array, point: number): number {
  for (let i = 0; i < bounds.length; i += 1) if (point < (bounds[i] ?? 1)) return i;
  return bounds.findIndex((bound) => bound >= (bounds.at(-1) ?? 1));
}

const fraction = (value: number): number => value - Math.floor(value);

/**
 * Fills the codes of status and provider (positions in `USER_STATUSES` and `PROVIDER_TYPES`). The sequence is evenly spread
 * instead of random, so that even a small org is close to the requested shares.
 */
export function fillMix(mix: Mix, seed: number, status: Uint8Array, provider: Uint8Array): void {
  const statusBounds = steps(USER_STATUSES, mix.statuses ?? DEFAULT_STATUSES);
  const providerBounds = steps(PROVIDER_TYPES, mix.providers ?? DEFAULT_PROVIDERS);
  const a = bits(seed, 1, 21) / 0x1_0000_0000;
  const b = bits(seed, 2, 21) / 0x1_0000_0000;
  for (let i = 0; i < status.length; i += 1) {
    status[i] = pick(statusBounds, fraction(a + i * 0.7548776662466927));
    provider[i] = pick(providerBounds, fraction(b + i * 0.5698402909980532));
  }
}
