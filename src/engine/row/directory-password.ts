import { STEPS } from '../../domain/plan/step.ts';
import type { Failure } from '../../domain/row/failure.ts';
import type { User } from '../../domain/org/user.ts';
import { judge } from '../doubt/judgement.ts';
import type { Mark } from '../doubt/judgement.ts';
import { factsOf, withUser, type ActiveRow } from './active-row.ts';
import { end, unknown } from './transition.ts';
import type { Transition } from './transition.ts';

/** Okta's code if a directory refused the new password. */
const UPDATE_FAILED = 'E0000014';

/**
 * Tells whether a refused temporary password might be set after all. If the agent is allowed to set passwords but not to
 * force a change, the directory sets the password and then Okta answers E0000014.
 */
export function mayHaveSetPassword({ steps, target }: ActiveRow, failure: Failure): boolean {
  const [step] = steps;
  if (step === undefined || STEPS[step].proof.kind !== 'password') return false;
  if (failure.kind !== 'okta' || failure.oktaCode !== UPDATE_FAILED) return false;
  const { providerType } = target;
  return providerType !== 'OKTA' && providerType !== 'IMPORT';
}

/**
 * Continues a row by its user's state after the directory's refusal. `again` reads once more while a change can still show;
 * it is undefined after that.
 */
export function directorySeen(
  row: ActiveRow,
  mark: Mark,
  user: User,
  again: Transition | undefined,
): Transition {
  const seen = judge(mark, { user });
  if (seen === 'applied') return unknown(withUser(row, user), 'password-lost');
  if (again !== undefined) return again;
  return seen === 'undecided'
    ? unknown(row, 'password-lost')
    : end(row, 'failed', 'refused', factsOf(row.tries.failure), { reconciled: true });
}
