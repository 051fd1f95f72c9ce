import type { Answer } from '../../domain/row/call.ts';
import type { OrgReader } from '../../domain/org/org.ts';
import { STEPS } from '../../domain/plan/step.ts';
import type { UserId } from '../../domain/org/user-id.ts';
import type { Mark, Shown } from './judgement.ts';

/**
 * Reads a user, and the user's factors if an attempt is about them. If one of the reads fails, returns that failure. Rejects
 * with `signal.reason` after an abort.
 */
export async function readShown(
  org: Pick<OrgReader, 'user' | 'factors'>,
  userId: UserId,
  mark: Mark | undefined,
  signal: AbortSignal,
): Promise<Answer<Shown>> {
  const answer = await org.user(userId, signal);
  if (answer.kind === 'failed') return answer;
  const { value: user, call } = answer;
  if (mark === undefined || STEPS[mark.step].proof.kind !== 'factors')
    return { kind: 'ok', value: { user }, call };
  const listed = await org.factors(userId, signal);
  if (listed.kind === 'failed') return listed;
  return { kind: 'ok', value: { user, factors: listed.value }, call: listed.call };
}
