import type { Target } from '../../domain/plan/plan.ts';

/** How many consecutive times the agent of a directory can be found away before its rows are given up. */
export const AGENT_OUTAGES = 5;

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 300_000;

/** The rows whose users come from one directory. They wait together while its agent is away. Times are monotonic. */
export class DirectoryAgent {
  #openAtMs = Number.NEGATIVE_INFINITY;
  #outages = 0;

  /** Records that the agent did not answer. Returns the pause that follows; undefined if one has already begun. */
  away(nowMs: number): number | undefined {
    if (nowMs < this.#openAtMs) return undefined;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#outages);
    this.#outages += 1;
    this.#openAtMs = nowMs + pauseMs;
    return pauseMs;
  }

  /** Records that a row of this directory succeeded. */
  back(): void {
    this.#outages = 0;
    this.#openAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Returns how long a row must wait now; `closed` if the agent stayed away through all pauses. */
  waitMs(nowMs: number): number | 'closed' {
    if (this.#outages > AGENT_OUTAGES) return 'closed';
    return Math.max(0, this.#openAtMs - nowMs);
  }
}

/** The agents of a run, one per directory provider. */
export class DirectoryAgents {
  readonly #agents = new Map<string, DirectoryAgent>([
    ['ACTIVE_DIRECTORY', new DirectoryAgent()],
    ['LDAP', new DirectoryAgent()],
  ]);

  of(target: Target): DirectoryAgent | undefined {
    return target.providerType === undefined ? undefined : this.#agents.get(target.providerType);
  }

  /** Records that the agent of this user's directory did not answer. Returns what the admin should know, once per pause. */
  away(target: Target, nowMs: number): string | undefined {
    const agent = this.of(target);
    const pauseMs = agent?.away(nowMs);
    if (agent === undefined || pauseMs === undefined) return undefined;
    const name = target.providerType === 'LDAP' ? 'LDAP' : 'Active Directory';
    return agent.waitMs(nowMs) === 'closed'
      ? `The ${name} agent still does not answer. Its users that were not tried yet are left for resume.`
      : `The ${name} agent does not answer. Its users wait ${pauseMs / 1000} s; the others continue.`;
  }
}
