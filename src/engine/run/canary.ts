import { STEPS } from '../../domain/plan/step.ts';
import PQueue from 'p-queue';
import type { Clock } from '../../domain/clock.ts';
import type { Emit } from '../../domain/run/event.ts';
import type { OutcomeRecord } from '../../domain/run/journal-record.ts';
import type { OrgReader } from '../../domain/org/org.ts';
import type { UserId } from '../../domain/org/user-id.ts';
import { judge } from '../doubt/judgement.ts';
import type { Mark, Shown } from '../doubt/judgement.ts';
import { readShown } from '../doubt/read-user.ts';
import { lastEffectMs, nextLookMs, settledByMs } from '../doubt/patience.ts';
import type { Patience } from '../doubt/patience.ts';

/** A row of a canary or wave that has ended. */
export interface CanaryRow {
  readonly row: number;
  /** Undefined if nothing was sent. */
  readonly userId: UserId | undefined;
  readonly outcome: OutcomeRecord['outcome'];
  readonly reason: string | undefined;
  /** The first attempt of the main step; undefined if there was none. */
  readonly mark: Mark | undefined;
}

/** A canary user, as read back. */
export interface SeenUser {
  readonly row: number;
  readonly login: string;
  readonly status: string;
}

/**
 * Tells whether the user is in the state that a step leads to. Some users were in it before as well, and nothing else would
 * show an effect.
 */
function isExpected(mark: Mark, { user }: Shown): boolean {
  const { proof } = STEPS[mark.step];
  switch (proof.kind) {
    case 'status':
      return proof.statuses.includes(user.status);
    case 'password':
      return user.status === 'PASSWORD_EXPIRED';
    // Nothing can be read back, so Okta's answer must be enough.
    case 'nothing':
      return true;
    case 'factors':
      return false;
    default: {
      const never: never = proof;
      return never;
    }
  }
}

function tookEffect(mark: Mark, shown: Shown): boolean {
  const judgement = judge(mark, shown);
  return judgement === 'applied' || (judgement === 'undecided' && isExpected(mark, shown));
}

/**
 * Reads the canary rows back. Returns what is wrong, for the admin, or undefined if everything that was sent took effect.
 * Rows whose user somebody else has reset in the meantime do not count, if at least one row was ours. Rejects on abort.
 */
export async function readBack(
  rows: readonly CanaryRow[],
  org: Pick<OrgReader, 'user' | 'factors' | 'serverNowMs'>,
  terms: {
    readonly clock: Clock;
    readonly patience: Patience;
    readonly emit: Emit;
    readonly concurrency: number;
    readonly signal: AbortSignal;
    /** Called with each user that shows the effect. */
    readonly onSeen?: (seen: SeenUser) => void;
  },
): Promise<string | undefined> {
  const bad = rows.find(({ outcome }) => outcome === 'failed' || outcome === 'unknown');
  if (bad !== undefined)
    return `row ${bad.row} is ${bad.outcome}${bad.reason === undefined ? '' : ` (${bad.reason})`}`;
  const { clock, patience, signal } = terms;
  let waiting = 0;
  const wait = async (ms: number, untilMs: number) => {
    waiting += 1;
    terms.emit({ type: 'settling', rows: waiting, untilMs });
    try {
      await clock.sleep(ms, signal);
    } finally {
      waiting -= 1;
      terms.emit({ type: 'settling', rows: waiting, untilMs: waiting === 0 ? 0 : untilMs });
    }
  };
  const orgNowMs = () => org.serverNowMs() ?? clock.nowMs();
  const queue = new PQueue({ concurrency: terms.concurrency });
  const check = async ({ row, userId, mark }: CanaryRow): Promise<string | undefined> => {
    if (mark === undefined || userId === undefined) return undefined;
    let seen = '';
    for (let final = false; ;) {
      const atMs = orgNowMs();
      const answer = await readShown(org, userId, mark, signal);
      if (answer.kind === 'ok' && tookEffect(mark, answer.value)) {
        const { login, status } = answer.value.user;
        terms.onSeen?.({ row, login, status });
        return undefined;
      }
      seen = answer.kind === 'ok' ? seenOf(mark, answer.value) : 'could not be read back';
      if (final) break;
      final = atMs > lastEffectMs(mark.serverTimeMs, patience);
      const waitMs = final
        ? patience.readLagMs
        : nextLookMs(mark.serverTimeMs, orgNowMs(), patience);
      await wait(waitMs, settledByMs(mark.serverTimeMs, patience));
    }
    return `row ${row} was accepted, but user ${userId} ${seen}`;
  };
  const checks = await queue.addAll(rows.map((row) => () => check(row)));
  return checks.find((problem) => problem !== undefined);
}

function seenOf(mark: Mark, { user }: Shown): string {
  return STEPS[mark.step].proof.kind === 'factors'
    ? 'still has the factors from before'
    : `shows status ${user.status}`;
}
