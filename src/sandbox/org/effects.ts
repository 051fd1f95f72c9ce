import type { Org } from './org.ts';
import { EFFECT_COLUMNS, type EffectColumn } from './user-table.ts';

/** What was done to one user, counted by the org. */
export type UserEffects = Readonly<Record<EffectColumn, number>>;

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
  readonly effects: Readonly<Record<EffectColumn, EffectCount>> & {
    readonly conversions: number;
    readonly unlocks: number;
    readonly reactivations: number;
    readonly other: number;
  };
  readonly statuses: Readonly<Record<string, number>>;
}

function byEffect<T>(valueOf: (column: EffectColumn) => T): Readonly<Record<EffectColumn, T>> {
  const entries = EFFECT_COLUMNS.map((column) => [column, valueOf(column)]);
  return Object.fromEntries(entries) as Readonly<Record<EffectColumn, T>>;
}

export function effectsOf(org: Org, index: number): UserEffects {
  return byEffect((column) => org.table.value(column, index));
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
  return {
    users: table.size,
    requests: { ...tally.requests },
    throttled: { ...tally.throttled },
    faults: { ...tally.faults },
    waiting: org.waiting,
    effects: {
      ...byEffect((column) => count(table[column])),
      ...tally.totals,
    },
    statuses,
  };
}
