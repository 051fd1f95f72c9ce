import { AppError } from '../../domain/codes/app-error.ts';
import type { PlanHeader } from '../../domain/plan/plan.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import { digestPlan } from './digest.ts';
import { checkDigest } from '../guards.ts';
import { readPlan } from './read-plan.ts';

type Bound = Pick<
  RunFile,
  'format' | 'planDigest' | 'runId' | 'createdAt' | 'orgId' | 'host' | 'spec' | 'targets'
> & { readonly preview: Pick<RunFile['preview'], 'targets'> };

/** The first thing that run.json says of the plan and the plan does not; undefined where they agree. */
export function differenceOf(run: Bound, header: PlanHeader, targets: number): string | undefined {
  const pairs: readonly (readonly [what: string, said: unknown, planned: unknown])[] = [
    ['format', run.format, header.format],
    ['runId', run.runId, header.runId],
    ['createdAt', run.createdAt, header.createdAt],
    ['orgId', run.orgId, header.orgId],
    ['host', run.host, header.host],
    ['spec.action', run.spec.action, header.spec.action],
    ['spec.sendEmail', run.spec.sendEmail, header.spec.sendEmail],
    ['spec.revokeSessions', run.spec.revokeSessions, header.spec.revokeSessions],
    ['spec.revokeTokens', run.spec.revokeTokens, header.spec.revokeTokens],
    ['targets', run.targets, targets],
    ['preview.targets', run.preview.targets, targets],
  ];
  const other = pairs.find(([, said, planned]) => said !== planned);
  return other && `${other[0]} is ${String(other[1])}, and ${String(other[2])} in plan.jsonl`;
}

/**
 * Refuses a plan that is not the one previewed, and a run.json that says something else than its plan: what is sent, to
 * how many, and where was agreed to by it. Reads the file once, and its first line again. Rejects with PLAN_CHANGED,
 * RUN_NOT_FOUND, RUN_DAMAGED, RUN_FORMAT, DISK.
 */
export async function checkPlanFile(run: Bound, path: string): Promise<void> {
  const { digest, targets } = await digestPlan(path);
  checkDigest(run, digest);
  const difference = differenceOf(run, (await readPlan(path)).header, targets);
  if (difference === undefined) return;
  throw new AppError(
    'PLAN_CHANGED',
    `run.json was edited since the preview: ${difference}. Nothing was sent.`,
    { hint: 'Make a new plan: okta-reset plan.' },
  );
}
