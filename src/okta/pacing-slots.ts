import type { Random } from '../domain/clock.ts';

/**
 * How many calls may be in flight in the whole org. It starts small and grows with each answer; a concurrency 429 cuts it
 * to the calls that were accepted beside the refused one, and from there it is probed upwards, ever more rarely.
 */
export interface Slots {
  readonly most: number;
  readonly cap: number;
  /** The number in flight at which the org last refused; Infinity if it never did. */
  readonly refusedAt: number;
  /** Monotonic time until which that number is not tried again, and the length of that abstinence. */
  readonly shyUntilMs: number;
  readonly shyMs: number;
  /** Nothing starts before this monotonic time: others hold all the slots. */
  readonly closedUntilMs: number;
  readonly closedMs: number;
  /** Answers since the cap last changed. */
  readonly answers: number;
}

const START = 4;
const SHY_FIRST_MS = 5000;
const SHY_MOST_MS = 60_000;
/** A slot frees within a second, whatever the reset header suggests (Okta's rate-limit documents; its SDKs' issues). */
const CLOSED_FIRST_MS = 1000;
const CLOSED_MOST_MS = 8000;

export function newSlots(most: number): Slots {
  return {
    most,
    cap: Math.min(most, START),
    refusedAt: Infinity,
    shyUntilMs: -Infinity,
    shyMs: SHY_FIRST_MS,
    closedUntilMs: -Infinity,
    closedMs: CLOSED_FIRST_MS,
    answers: 0,
  };
}

/** Folds a call that was answered without a concurrency 429; `inFlight` counts it. */
export function slotsAnswered(slots: Slots, inFlight: number, nowMs: number): Slots {
  if (slots.cap >= slots.most) return slots;
  const next = slots.cap + 1;
  // Only a full pool shows that more would be of use, except at the start.
  if (slots.refusedAt !== Infinity && inFlight < slots.cap) return slots;
  if (next >= slots.refusedAt && nowMs < slots.shyUntilMs) return slots;
  const answers = slots.answers + 1;
  const needed = slots.refusedAt === Infinity ? 1 : slots.cap;
  if (answers < needed) return { ...slots, answers };
  return {
    ...slots,
    cap: next,
    answers: 0,
    refusedAt: next > slots.refusedAt ? next : slots.refusedAt,
    shyMs: next > slots.refusedAt ? SHY_FIRST_MS : slots.shyMs,
    closedMs: CLOSED_FIRST_MS,
  };
}

/** Folds a concurrency 429; `inFlight` counts the refused call. */
export function slotsRefused(slots: Slots, inFlight: number, nowMs: number, random: Random): Slots {
  const others = Math.max(0, inFlight - 1);
  const jitter = 0.75 + random() / 2;
  // Refusals of one burst come together; only the first after a calm lengthens the abstinence.
  const again = nowMs >= slots.shyUntilMs;
  const shyMs =
    again && slots.refusedAt !== Infinity ? Math.min(SHY_MOST_MS, slots.shyMs * 2) : slots.shyMs;
  const closed = others === 0;
  return {
    ...slots,
    cap: Math.max(1, Math.min(slots.cap, others)),
    refusedAt: Math.max(
      2,
      Math.min(others + 1, slots.refusedAt === Infinity ? others + 1 : slots.refusedAt),
    ),
    shyUntilMs: nowMs + shyMs * jitter,
    shyMs,
    closedUntilMs: closed ? nowMs + slots.closedMs * jitter : slots.closedUntilMs,
    closedMs: closed ? Math.min(CLOSED_MOST_MS, slots.closedMs * 2) : slots.closedMs,
    answers: 0,
  };
}
