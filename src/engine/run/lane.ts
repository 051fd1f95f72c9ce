import type { Target } from '../../domain/plan/plan.ts';

/** How often the agent of a directory may be found away, in a row, before its rows are given up. */
export const LANE_OUTAGES = 5;

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 300_000;

/** The rows whose users live in one directory: they wait together while its agent is away. Times are monotonic. */
export class Lane {
  #openAtMs = Number.NEGATIVE_INFINITY;
  #outages = 0;

  /** The agent did not answer. Returns the pause that follows, undefined where one is already on. */
  away(nowMs: number): number | undefined {
    if (nowMs < this.#openAtMs) return undefined;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#outages);
    this.#outages += 1;
    this.#openAtMs = nowMs + pauseMs;
    return pauseMs;
  }

  /** A row of this directory went through. */
  back(): void {
    this.#outages = 0;
    this.#openAtMs = Number.NEGATIVE_INFINITY;
  }

  /** How long a row must wait now; `closed` once the agent stayed away through all pauses. */
  waitMs(nowMs: number): number | 'closed' {
    if (this.#outages > LANE_OUTAGES) return 'closed';
    return Math.max(0, this.#openAtMs - nowMs);
  }
}

/** The lanes of a run, one per directory provider. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>([
    ['ACTIVE_DIRECTORY', new Lane()],
    ['LDAP', new Lane()],
  ]);

  of(target: Target): Lane | undefined {
    return target.providerType === undefined ? undefined : this.#lanes.get(target.providerType);
  }

  /** The agent of this user's directory did not answer. Returns what the admin should know, once per pause. */
  away(target: Target, nowMs: number): string | undefined {
    const lane = this.of(target);
    const pauseMs = lane?.away(nowMs);
    if (lane === undefined || pauseMs === undefined) return undefined;
    const name = target.providerType === 'LDAP' ? 'LDAP' : 'Active Directory';
    return lane.waitMs(nowMs) === 'closed'
      ? `The ${name} agent stays away. Its users that were not tried yet are left for resume.`
      : `The ${name} agent does not answer. Its users wait ${pauseMs / 1000} s; the others go on.`;
  }
}
