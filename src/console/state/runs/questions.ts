import type { AskedOf } from '../../../app/run/consent/protection.ts';
import type { CanarySeen } from '../../../app/run/consent/run-consent.ts';
import { counted, count } from '../../../domain/counted.ts';
import { consentText, mailsUsers } from '../../../domain/plan/action.ts';
import { checkTyped, formatConfirmation } from '../../../domain/plan/confirmation.ts';
import type { RunFile } from '../../../domain/run/run-file.ts';
import type { Question } from '../../api/live.ts';
import type { AnswerRequest } from '../../api/requests.ts';
import { notNow } from '../../refusal.ts';
import { newId } from '../console-context.ts';

const MOST_SEEN = 50;

/** Returns the sentence that a yes agrees to, and what to type for it. */
export function consentOf(
  { spec, host, planDigest }: Pick<RunFile, 'spec' | 'host' | 'planDigest'>,
  users: number,
  later: number,
): Pick<Question, 'sentence' | 'confirm' | 'planDigest' | 'users' | 'later'> {
  const all = counted(users + later, 'user');
  const who = later === 0 ? all : `the first ${count(users)} of ${all}`;
  return {
    sentence: consentText(spec, users, `${who} on ${host}`),
    confirm: formatConfirmation({ count: users, host }),
    planDigest,
    users,
    later,
  };
}

export function consentQuestion({ run, users, later, unread }: AskedOf): Question {
  return {
    ...{ id: newId(), kind: 'consent', seen: [], mails: false },
    ...consentOf(run, users, later),
    unread: unread.map(({ text }) => text),
  };
}

export function canaryQuestion({ run, users, next, left }: CanarySeen): Question {
  const rest = `the other ${counted(left, 'user')} on ${run.host}`;
  const who = next < left ? `the next ${count(next)} of ${rest}` : rest;
  return {
    ...{ id: newId(), kind: 'canary', users: next, later: left - next, unread: [] },
    sentence: consentText(run.spec, next, who),
    confirm: formatConfirmation({ count: next, host: run.host }),
    planDigest: run.planDigest,
    seen: users.slice(0, MOST_SEEN).map(({ login, status }) => ({ login, status })),
    mails: mailsUsers(run.spec),
  };
}

/** A question that waits for its answer. */
export class OpenQuestion {
  readonly question: Question;
  readonly answered: Promise<boolean>;
  #settle: (goOn: boolean) => void = () => undefined;

  constructor(question: Question, signal: AbortSignal) {
    this.question = question;
    this.answered = new Promise((resolve, reject) => {
      this.#settle = resolve;
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      if (signal.aborted) reject(signal.reason as Error);
    });
  }

  /** Accepts an answer. Throws NOT_NOW if it is to another question, and CONFIRM_* for a yes that was typed wrong. */
  answer({ question, goOn, confirm }: AnswerRequest): void {
    if (question !== this.question.id)
      throw notNow('This question has already been answered.', 'Reload the page.');
    if (goOn) checkTyped(confirm, this.question);
    this.#settle(goOn);
  }
}
