import { STEPS } from '../../domain/plan/step.ts';
import { mainStepOf, producesSecrets } from '../../domain/plan/action.ts';
import type { CallFacts } from '../../domain/row/call.ts';
import type { Failure } from '../../domain/row/failure.ts';
import { decideOn } from '../../domain/codes/okta-error.ts';
import type { StepEffect } from '../../domain/org/org.ts';
import { factsOf } from '../run/progress.ts';
import type { Progress } from '../run/progress.ts';
import { decide } from './retry.ts';
import { mayHaveSetPassword } from './directory-password.ts';
import { secretKept } from '../doubt/secret-check.ts';
import {
  appliedUnseen,
  CLEAN,
  currentStep,
  end,
  expiredOnly,
  isSilent,
  notApplied,
  settledBy,
  unknown,
} from './transition.ts';
import type { Circumstances, Transition } from './transition.ts';

/** The end of a write: what Okta granted, or why not. */
export type WriteEnd =
  | { readonly kind: 'ok'; readonly effect: StepEffect['kind']; readonly call: CallFacts }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Starts a row, fresh or resumed. */
export function begin(progress: Progress, around: Circumstances): Transition {
  if (progress.steps.length === 0) {
    // Every step was written down as applied. What is missing is the end, or the secret that got lost before it.
    const main = mainStepOf(around.spec);
    return producesSecrets(around.spec)
      ? {
          progress: {
            ...progress,
            steps: [main === 'temp-password' ? 'temp-password-split' : main],
            reissued: 1,
          },
          command: { kind: 'send', afterMs: 0 },
        }
      : end(progress, 'succeeded', undefined, {}, { reconciled: true });
  }
  if (progress.mark === undefined) return { progress, command: { kind: 'send', afterMs: 0 } };
  const step = currentStep(progress);
  if (STEPS[step].repeatable) {
    return {
      progress: { ...progress, ...CLEAN },
      ...settledBy(progress.mark, 'unknown', {}),
      command: { kind: 'send', afterMs: 0 },
    };
  }
  const { failure } = progress;
  const doubted = inDoubt(progress, pendingSince(progress, around));
  return failure !== undefined && mayHaveSetPassword(progress, failure)
    ? { ...doubted, progress: { ...doubted.progress, phase: 'checking-directory' } }
    : doubted;
}

/** A mark of another clock, ahead of the org's, is as old as this look at it. */
function pendingSince({ mark }: Progress, { orgNowMs }: Circumstances): number {
  return Math.min(mark?.serverTimeMs ?? orgNowMs, orgNowMs);
}

/** The current attempt may have taken effect, and still may: the user is read. */
function inDoubt(progress: Progress, sinceMs: number): Transition {
  return {
    progress: {
      ...progress,
      phase: 'settling',
      doubt: { sinceMs, quietMs: undefined, showsNone: false },
      doubted: true,
      readTries: 0,
    },
    command: { kind: 'read', afterMs: 0 },
  };
}

/** Moves a row on by the end of its write. */
export function answered(row: Progress, write: WriteEnd, around: Circumstances): Transition {
  if (write.kind === 'ok') {
    const facts = factsOf(write.call);
    switch (write.effect) {
      case 'secret':
        return secretKept(row, write.call);
      case 'done':
        return appliedUnseen(row, around, facts, false);
      case 'expired-without-password':
        return expiredOnly(row, facts, false);
      default: {
        const never: never = write.effect;
        return never;
      }
    }
  }
  const { failure } = write;
  const progress: Progress = {
    ...row,
    failure,
  };
  const facts = factsOf(failure);
  if (progress.mark !== undefined && mayHaveSetPassword(progress, failure)) {
    const doubted = inDoubt(progress, progress.mark.serverTimeMs);
    // On disk before the read, so that a resumed run knows of the refusal.
    return {
      ...doubted,
      ...settledBy(progress.mark, 'unknown', facts),
      progress: { ...doubted.progress, phase: 'checking-directory' },
    };
  }
  const decision = decide(failure, {
    step: currentStep(progress),
    tries: progress.tries,
    throttles: progress.throttles,
    maxRetries: around.maxRetries,
    orgSilent: isSilent(around),
    random: around.random,
  });
  const away = decideOn(failure).lane === undefined ? {} : ({ agentAway: true } as const);
  const possible = failure.kind !== 'answer' && failure.effect === 'possible';
  const settled = settledBy(progress.mark, possible ? 'unknown' : 'not-applied', facts);
  switch (decision.kind) {
    case 'applied':
      return appliedUnseen(progress, around, facts, false);
    case 'retry':
      return {
        progress: {
          ...progress,
          phase: 'ready',
          mark: undefined,
          tries: progress.tries + (decision.counts ? 1 : 0),
          throttles: decision.counts ? 0 : progress.throttles + 1,
        },
        ...settled,
        ...away,
        command: { kind: 'send', afterMs: decision.afterMs },
      };
    case 'reconcile':
      // Nothing was recorded where nothing was sent: such a write is simply made again.
      if (progress.mark === undefined) return notApplied(progress, around);
      return {
        ...inDoubt(progress, progress.mark.serverTimeMs),
        ...away,
        ...(decision.halt === undefined ? {} : { halt: decision.halt }),
      };
    case 'check':
      return {
        progress: {
          ...progress,
          phase: decision.why === 'state' ? 'checking-state' : 'checking-recipient',
          mark: undefined,
          readTries: 0,
        },
        ...settled,
        command: { kind: 'read', afterMs: decision.afterMs },
      };
    case 'fail':
      return { ...end(progress, 'failed', decision.reason, facts, decision), ...away };
    case 'unproven':
      return { ...unknown(progress, 'unproven'), ...away };
    case 'halt':
      return {
        progress: { ...progress, mark: undefined },
        ...settled,
        command: { kind: 'leave' },
        halt: decision.stop,
      };
    default: {
      const never: never = decision;
      return never;
    }
  }
}
