import type { Org } from './org.ts';

/** What was done to one user, counted by the org. */
export interface UserEffects {
  readonly resets: number;
  readonly expirations: number;
  readonly tempPasswords: number;
  readonly sessionRevocations: number;
  readonly tokenRevocations: number;
  readonly factorResets: number;
  readonly suspensions: number;
  readonly unsuspensions: number;
  readonly mails: number;
}

/** How often one kind of effect happened in total, to how many users, and how often to one user at most. */
export interface EffectCount {
  readonly total: number;
  readonly users: number;
  readonly most: number;
}

/** The org in numbers, as the org itself counts them. */
export interface SandboxStats {
  readonly users: number;
  /** Requests by bucket, including refused ones. */
  readonly requests: Readonly<Record<string, number>>;
  /** 429 answers, except injected ones. */
  readonly throttled: {
    readonly window: number;
    readonly concurrency: number;
    readonly mail: number;
  };
  /** Injected faults by kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** Writes whose effect has not come yet (late faults). */
  readonly waiting: number;
  readonly effects: Readonly<Record<keyof UserEffects, EffectCount>> & {
    readonly conversions: number;
    readonly unlocks: number;
    readonly reactivations: number;
    readonly other: number;
  };
  readonly statuses: Readonly<Record<string, number>>;
}

export function effectsOf(org: Org, index: number): UserEffects {
  const { table } = org;
  return {
    resets: table.resets[index] ?? 0,
    expirations: table.expirations[index] ?? 0,
    tempPasswords: table.tempPasswords[index] ?? 0,
    sessionRevocations: table.sessionRevocations[index] ?? 0,
    tokenRevocations: table.tokenRevocations[index] ?? 0,
    factorResets: table.factorResets[index] ?? 0,
    suspensions: table.suspensions[index] ?? 0,
    unsuspensions: table.unsuspensions[index] ?? 0,
    mails: table.mails[index] ?? 0,
  };
}

function count(values: Uint16Array): EffectCount {
  let total = 0;
  let users = 0;
  let most = 0;
  for (const value of values) {
    if (value === 0) continue;
    total += value;
    users += 1;
    if (value > most) most = value;
  }
  return { total, users, most };
}

/** Counts again at each call, which takes a moment for a million users. */
export function sandboxStats(org: Org): SandboxStats {
  const { table, tally } = org;
  const statuses: Record<string, number> = {};
  for (let index = 0; index < table.size; index += 1) {
    const status = table.statusOf(index);
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  const { conversions, unlocks, reactivations, other } = tally.totals;
  return {
    users: table.size,
    requests: { ...tally.requests },
    throttled: { ...tally.throttled },
    faults: { ...tally.faults },
    waiting: org.waiting,
    effects: {
      resets: count(table.resets),
      expirations: count(table.expirations),
      tempPasswords: count(table.tempPasswords),
      sessionRevocations: count(table.sessionRevocations),
      tokenRevocations: count(table.tokenRevocations),
      factorResets: count(table.factorResets),
      suspensions: count(table.suspensions),
      unsuspensions: count(table.unsuspensions),
      mails: count(table.mails),
      conversions,
      unlocks,
      reactivations,
      other,
    },
    statuses,
  };
}
