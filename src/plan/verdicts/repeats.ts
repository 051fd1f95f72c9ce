import type { User } from '../../domain/org/user.ts';
import type { SkipReason, Verdict } from '../../domain/plan/verdict.ts';

/** A success of another run that the action would repeat. */
export interface Repeat {
  readonly runId: string;
  /** The name of that run in a command line. */
  readonly name: string;
  /** The latest time at which its effect can have come, by Okta's clock (epoch ms). */
  readonly doneMs: number;
}

/** The newest success of other runs for each user. */
export interface Repeats {
  readonly of: (userId: string) => Repeat | undefined;
}

/** What is known about a plan's repeats after its rows were judged. */
export interface RepeatCounts {
  /** Rows that another run has already acted on and for which nothing has changed since. */
  readonly rows: number;
  /** Those runs, by their names in a command line. */
  readonly runs: readonly string[];
  /** Whether they are acted on anyway (`--again`). */
  readonly again: boolean;
}

/**
 * The state after a success is compared by Okta's clock, which is known to a second (`Date` is in whole seconds) plus the
 * time of an answer.
 */
export const CLOCK_GRAIN_MS = 2000;

const ALREADY_DONE: SkipReason = 'already-done';
/** How many runs a warning names. The others are counted. */
const MOST_RUNS = 100;

/** Tells whether a user is still as a success at `doneMs` left them. A user who was not read might be. */
export function isUnchangedSince(
  user: Pick<User, 'statusChangedMs' | 'passwordChangedMs'> | undefined,
  doneMs: number,
): boolean {
  const { statusChangedMs = 0, passwordChangedMs = 0 } = user ?? {};
  return Math.max(statusChangedMs, passwordChangedMs) <= doneMs + CLOCK_GRAIN_MS;
}

/** Decides on whom a plan would act a second time in the same way, and counts them. */
export class RepeatJudge {
  readonly #repeats: Repeats;
  readonly #again: boolean;
  readonly #exempt: (userId: string, repeat: Repeat) => boolean;
  readonly #runs = new Set<string>();
  #rows = 0;

  constructor(
    repeats: Repeats,
    options: {
      readonly again: boolean;
      /** Tells whether the admin has looked at a success and wants to repeat it. */
      readonly exempt?: (userId: string, repeat: Repeat) => boolean;
    },
  ) {
    this.#repeats = repeats;
    this.#again = options.again;
    this.#exempt = options.exempt ?? (() => false);
  }

  /** Returns the verdict that prevents a second action on a user, if there is one. */
  judge(userId: string, user: User | undefined): Verdict | undefined {
    const repeat = this.#repeats.of(userId);
    if (repeat === undefined || !isUnchangedSince(user, repeat.doneMs)) return undefined;
    if (this.#exempt(userId, repeat)) return undefined;
    this.#rows += 1;
    if (this.#runs.size < MOST_RUNS) this.#runs.add(repeat.name);
    if (this.#again) return undefined;
    const at = new Date(repeat.doneMs).toISOString().slice(0, 16).replace('T', ' ');
    const since = user === undefined ? 'the user was not read' : 'nothing has changed since';
    return {
      kind: 'skip',
      reason: ALREADY_DONE,
      detail: `Run ${repeat.runId} did this at ${at} UTC; ${since}.`,
    };
  }

  get counts(): RepeatCounts {
    return { rows: this.#rows, runs: [...this.#runs], again: this.#again };
  }
}
