import type { Clock } from '../../domain/clock.ts';
import type { Cursor, LogEvent, OrgReader } from '../../domain/org/org.ts';
import { STEPS } from '../../domain/plan/step.ts';
import type { Mark } from './judgement.ts';

/** A row that asks the System Log whether its attempt took effect. */
export interface LogQuestion {
  readonly userId: string;
  readonly mark: Mark;
  /** Nothing else can show the effect, so the log is searched more than once. */
  readonly decides: boolean;
}

export type LogAnswer = 'found' | 'not-found' | 'unreadable';

/** Okta calls its log “near real-time” and gives no number, so an event that is missing is searched for twice more. */
const PASSES = 3;
const LAG_MS = 5000;
/**
 * The most pages of one scan, because the log's bucket is small. At Okta's 1,000 events per page, this covers 100,000
 * resets.
 */
const MAX_PAGES = 100;
const GRAIN_MS = 1000;

function proves(event: LogEvent, { userId, mark }: LogQuestion): boolean {
  return (
    event.eventType === STEPS[mark.step].event &&
    event.publishedMs >= mark.serverTimeMs - GRAIN_MS &&
    (event.result === undefined || event.result === 'SUCCESS') &&
    event.userIds.includes(userId)
  );
}

/**
 * Answers all questions with one bounded scan of the run's window. It matches events by user id itself, because the log's
 * rate limit does not allow a query per user. A question without a matching event is answered `not-found`, which proves
 * nothing. Rejects only on abort.
 */
export async function scanLog(
  org: Pick<OrgReader, 'logEvents' | 'serverNowMs'>,
  questions: readonly LogQuestion[],
  clock: Clock,
  signal: AbortSignal,
): Promise<ReadonlyMap<LogQuestion, LogAnswer>> {
  const answers = new Map<LogQuestion, LogAnswer>();
  for (let pass = 1; pass <= PASSES; pass += 1) {
    const open = questions.filter(
      (question) => answers.get(question) !== 'found' && (pass === 1 || question.decides),
    );
    if (open.length === 0) break;
    if (pass > 1) await clock.sleep(LAG_MS, signal);
    const readable = await scanOnce(org, open, answers, clock, signal);
    for (const question of open) {
      if (answers.get(question) !== 'found')
        answers.set(question, readable ? 'not-found' : 'unreadable');
    }
    if (!readable) break;
  }
  return answers;
}

/** Reads the window once. Returns whether it was read to the end. */
async function scanOnce(
  org: Pick<OrgReader, 'logEvents' | 'serverNowMs'>,
  questions: readonly LogQuestion[],
  answers: Map<LogQuestion, LogAnswer>,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const byUser = new Map(questions.map((question) => [question.userId, question]));
  const events = new Set(questions.map(({ mark }) => STEPS[mark.step].event));
  const filter = [...events].map((type) => `eventType eq "${type}"`).join(' or ');
  const sinceMs = Math.min(...questions.map(({ mark }) => mark.serverTimeMs)) - GRAIN_MS;
  const untilMs = (org.serverNowMs() ?? clock.nowMs()) + GRAIN_MS;
  let page: Parameters<OrgReader['logEvents']>[0] = { filter, sinceMs, untilMs };
  for (let pages = 0; pages < MAX_PAGES && byUser.size > 0; pages += 1) {
    const answer = await org.logEvents(page, signal);
    if (answer.kind === 'failed') return false;
    for (const event of answer.value.items) {
      for (const userId of event.userIds) {
        const question = byUser.get(userId);
        if (question === undefined || !proves(event, question)) continue;
        answers.set(question, 'found');
        byUser.delete(userId);
      }
    }
    const next: Cursor | undefined = answer.value.next;
    if (next === undefined) return true;
    page = next;
  }
  return byUser.size === 0;
}
