import { ACTIONS } from '../../domain/plan/action.ts';
import type { User } from '../../domain/org/user.ts';
import type { ReportFile } from '../../report/results/report-files.ts';
import type { Claim } from '../rerun/run-chain.ts';
import { containedStateOf } from './contained-state.ts';
import { FOLLOWUP_HEADER, followupLineOf } from './followup-csv.ts';
import { FOLLOWUP_STATES, hasComeBack, standingOf, type FollowupState } from './followup-state.ts';
import { ScannerTraces, type ScannerTrace } from './link-uses.ts';
import type { LogFacts } from './log-facts.ts';
import type { SkippedRow } from './skipped-rows.ts';

/** When the list is made, and how long links are valid. */
export interface ListTerms {
  /** By Okta's clock. */
  readonly nowMs: number;
  /** How far Okta's clock is ahead of ours. */
  readonly offsetMs: number;
  readonly lifetimeMs: number;
  readonly log: LogFacts;
  /** Users in these states are named one by one. */
  readonly choose: ReadonlySet<FollowupState>;
}

/** Okta's times are in whole seconds. */
const GRAIN_MS = 1000;

/** Writes followup.csv, one line per user, and counts the users by how far they are. */
export class UserList {
  readonly counts = Object.fromEntries(FOLLOWUP_STATES.map((state) => [state, 0])) as Record<
    FollowupState,
    number
  >;
  /** The users in the chosen states, by id. */
  readonly chosen = new Map<string, FollowupState>();
  /** Users who were reset. */
  users = 0;
  /** How many of these resets the System Log proves. */
  proven = 0;
  readonly #traces = new ScannerTraces();
  readonly #file: ReportFile;
  readonly #terms: ListTerms;

  constructor(file: ReportFile, terms: ListTerms) {
    this.#file = file;
    this.#terms = terms;
    file.push(FOLLOWUP_HEADER);
  }

  /** Links that a machine seems to have opened; undefined if none. */
  scanner(): ScannerTrace | undefined {
    return this.#traces.found();
  }

  /** Adds a user whom a run has reset. */
  async takeReset({ row, run, startedMs }: Claim, user: User | undefined): Promise<void> {
    const { nowMs, offsetMs, lifetimeMs, log } = this.#terms;
    const { userId, login } = row;
    const bouncedMs = log.bouncedMs(userId);
    const resetMs = startedMs + offsetMs - GRAIN_MS;
    const use = log.linkUse(userId, resetMs);
    const { spec } = run;
    const enrolledMs = log.enrolledMs(userId);
    const standing =
      ACTIONS[spec.action].kind === 'password'
        ? standingOf({ spec, resetMs, before: row }, user, {
            nowMs,
            lifetimeMs,
            bouncedMs,
            linkUsedMs: use?.usedMs,
          })
        : {
            state: containedStateOf({ spec, doneMs: resetMs, enrolledMs }, user),
            linkDiesMs: undefined,
          };
    if (standing.state === 'link-used' && use !== undefined) this.#traces.add(use, resetMs);
    const proven = log.isProven(run.runId, userId);
    this.users += 1;
    if (proven === true) this.proven += 1;
    this.#count(userId, standing.state);
    const linkUse = { linkUsedMs: use?.usedMs, linkUsedFrom: use?.address };
    await this.#write({
      ...{ userId, login, user, standing, proven, run },
      ...{ resetMs: startedMs, bouncedMs, ...linkUse },
    });
  }

  /** Adds a user whom a run has skipped because of a status, but only if the user is back. */
  async takeSkipped({ row, run }: SkippedRow, user: User | undefined): Promise<void> {
    if (!hasComeBack(user, Date.parse(run.createdAt) + this.#terms.offsetMs)) return;
    const { userId, login } = row;
    this.#count(userId, 'came-back');
    const standing = { state: 'came-back', linkDiesMs: undefined } as const;
    const none = { resetMs: undefined, bouncedMs: undefined, proven: undefined };
    const unused = { linkUsedMs: undefined, linkUsedFrom: undefined };
    await this.#write({ userId, login, user, standing, run, ...none, ...unused });
  }

  #count(userId: string, state: FollowupState): void {
    this.counts[state] += 1;
    if (this.#terms.choose.has(state)) this.chosen.set(userId, state);
  }

  async #write(line: Parameters<typeof followupLineOf>[0]): Promise<void> {
    this.#file.push(followupLineOf(line));
    await this.#file.flush();
  }
}
