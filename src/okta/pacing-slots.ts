import type { Random } from '../domain/clock.ts';

/**
 * How many calls may be in flight in the whole org. It starts small and grows with each answer. A concurrency 429 takes one off,
 * and the number is probed upwards again: soon where calls of that rank were accepted too, for then others come and go,
 * and ever more rarely where none is. A call's rank is the number in flight when it starts, itself included.
 */
export interface Slots {
  readonly most: number;
  readonly cap: number;
  /** No call has been refused yet. */
  readonly untried: boolean;
  /** The lowest rank that was refused lately; Infinity where there is none. */
  readonly wall: number;
  /** Monotonic time until which the wall is not tried again, and the length of that abstinence. */
  readonly shyUntilMs: number;
  readonly shyMs: number;
  /** Nothing starts before this monotonic time: others hold all the slots. */
  readonly closedUntilMs: number;
  readonly closedMs: number;
  /** Calls accepted since the cap changed; once one was refused, only those of the highest rank. */
  readonly accepted: number;
}

const START = 4;
/** Up to here the cap doubles with each round of answers, then it grows by half: tight limits lie above. */
const QUICK_MOST = 8;
const SHY_FIRST_MS = 500;
const SHY_MOST_MS = 60_000;
const SHY_GROWTH = 4;
/** A slot frees within a second, whatever the reset header suggests (Okta's rate-limit documents; its SDKs' issues). */
const CLOSED_FIRST_MS = 50;
const CLOSED_MOST_MS = 2000;

export function newSlots(most: number): Slots {
  return {
    most,
    cap: Math.min(most, START),
    untried: true,
    wall: Infinity,
    shyUntilMs: -Infinity,
    shyMs: SHY_FIRST_MS,
    closedUntilMs: -Infinity,
    closedMs: CLOSED_FIRST_MS,
    accepted: 0,
  };
}

/** Folds a call that was answered without a concurrency 429. */
export function slotsAnswered(slots: Slots, rank: number, nowMs: number): Slots {
  const { cap, most, untried } = slots;
  // Only a full pool shows that more would be of use, except at the start.
  if (untried ? cap >= most : rank < cap) return slots;
  const accepted = slots.accepted + 1;
  const atWall = cap + 1 >= slots.wall;
  const needed = untried ? (cap < QUICK_MOST ? 1 : 2) : cap;
  if (cap >= most || accepted < needed || (atWall && nowMs < slots.shyUntilMs)) {
    return { ...slots, accepted, closedMs: CLOSED_FIRST_MS };
  }
  const passed = cap >= slots.wall;
  return {
    ...slots,
    cap: cap + 1,
    accepted: 0,
    closedMs: CLOSED_FIRST_MS,
    wall: passed ? Infinity : slots.wall,
    shyMs: passed ? SHY_FIRST_MS : slots.shyMs,
  };
}

/** Folds a concurrency 429. */
export function slotsRefused(slots: Slots, rank: number, nowMs: number, random: Random): Slots {
  const jitter = 0.75 + random() / 2;
  const cut = {
    ...slots,
    cap: Math.max(1, Math.min(slots.cap, rank) - 1),
    untried: false,
    wall: Math.max(2, Math.min(slots.wall, rank)),
    accepted: 0,
  };
  if (rank <= 1) {
    return {
      ...cut,
      shyMs: SHY_FIRST_MS,
      closedUntilMs: nowMs + slots.closedMs * jitter,
      closedMs: Math.min(CLOSED_MOST_MS, slots.closedMs * 2),
    };
  }
  const flickers = !slots.untried && slots.accepted > 0;
  // Refusals of one burst come together; only the first after an abstinence lengthens it.
  const stands = !flickers && rank >= slots.wall && nowMs >= slots.shyUntilMs;
  const shyMs = stands
    ? Math.min(SHY_MOST_MS, slots.shyMs * SHY_GROWTH)
    : flickers || rank < slots.wall
      ? SHY_FIRST_MS
      : slots.shyMs;
  return { ...cut, shyMs, shyUntilMs: flickers ? slots.shyUntilMs : nowMs + shyMs * jitter };
}
