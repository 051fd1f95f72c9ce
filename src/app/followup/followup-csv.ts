import type { ActionSpec } from '../../domain/plan/action.ts';
import type { User } from '../../domain/org/user.ts';
import { csvLine } from '../../report/results/csv-text.ts';
import type { Standing } from './followup-state.ts';

const COLUMNS = [
  'user_id',
  'login',
  'state',
  'status',
  'reset_at',
  'link_dies_at',
  'password_changed_at',
  'bounced_at',
  'proven',
  'action',
  'run_id',
  'link_used_at',
  'link_used_from',
] as const;

/** What followup.csv says about a user. Times are epoch milliseconds. */
export interface FollowupLine {
  readonly userId: string;
  /** As it was in the plan. */
  readonly login: string | undefined;
  readonly user: User | undefined;
  readonly standing: Standing;
  /** Undefined for a user whom no run has reset. */
  readonly resetMs: number | undefined;
  readonly bouncedMs: number | undefined;
  readonly linkUsedMs: number | undefined;
  readonly linkUsedFrom: string | undefined;
  readonly proven: boolean | undefined;
  readonly run: { readonly runId: string; readonly spec: ActionSpec };
}

const iso = (ms: number | undefined) => (ms === undefined ? '' : new Date(ms).toISOString());

export const FOLLOWUP_HEADER = csvLine(COLUMNS);

/** Formats a line of followup.csv. */
export function followupLineOf(line: FollowupLine): string {
  const { user, standing, proven, run } = line;
  return csvLine([
    line.userId,
    user?.login ?? line.login ?? '',
    standing.state,
    user?.status ?? '',
    iso(line.resetMs),
    iso(standing.linkDiesMs),
    iso(user?.passwordChangedMs),
    iso(line.bouncedMs),
    proven === undefined ? '' : proven ? 'yes' : 'no',
    run.spec.action,
    run.runId,
    iso(line.linkUsedMs),
    line.linkUsedFrom ?? '',
  ]);
}
