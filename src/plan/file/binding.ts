import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../domain/codes/app-error.ts';
import type { PlanHeader } from '../../domain/plan/plan.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import { readPlan, type ReadPlan } from './read-plan.ts';

type Bound = Pick<
  RunFile,
  'format' | 'planDigest' | 'runId' | 'createdAt' | 'orgId' | 'host' | 'spec' | 'targets'
> & { readonly preview: Pick<RunFile['preview'], 'targets'> };

/** Returns the first difference between run.json and the plan; undefined if they agree. */
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
    ['spec.resetFactors', run.spec.resetFactors, header.spec.resetFactors],
    ['spec.order', run.spec.order, header.spec.order],
    ['targets', run.targets, targets],
    ['preview.targets', run.preview.targets, targets],
  ];
  const other = pairs.find(([, said, planned]) => said !== planned);
  return other && `${other[0]} is ${String(other[1])}, and ${String(other[2])} in plan.jsonl`;
}

/** Refuses a run.json that is not the one that was just shown. Throws PLAN_CHANGED. */
export function checkSameRun(shown: RunFile, read: RunFile): void {
  // JSON omits undefined values.
  const written: unknown = JSON.parse(JSON.stringify(shown));
  if (isDeepStrictEqual(written, JSON.parse(JSON.stringify(read)))) return;
  throw new AppError(
    'PLAN_CHANGED',
    'run.json is not the one that was previewed: it was changed just now. Nothing was sent.',
    {
      hint: 'Find out what changes files in the run’s folder, then make a new plan: okta-reset plan',
    },
  );
}

/**
 * Reads a plan, and refuses one that is not the previewed one, or a run.json that contradicts its plan: the consent was to
 * what is sent, to how many, and where. Later reads of the plan return what was checked here. Rejects with PLAN_CHANGED,
 * RUN_NOT_FOUND, RUN_DAMAGED, RUN_FORMAT, FILE_NOT_YOURS, DISK, and with `signal.reason` after an abort.
 */
export async function readAgreedPlan(
  run: Bound,
  path: string,
  signal?: AbortSignal,
): Promise<ReadPlan> {
  const plan = await readPlan(path, run, signal);
  const difference = differenceOf(run, plan.header, plan.targetCount);
  if (difference === undefined) return plan;
  throw new AppError(
    'PLAN_CHANGED',
    `run.json was edited since the preview: ${difference}. Nothing was sent.`,
    { hint: 'Make a new plan: okta-reset plan' },
  );
}
