import type { Action } from '../../domain/plan/action.ts';
import type { PlannedRow } from '../../domain/plan/plan.ts';
import type { PolicyOptions } from '../../domain/run/run-file.ts';
import type { Verdict } from '../../domain/plan/verdict.ts';
import type { Exclusion } from './exclusion.ts';
import { judge } from './judge.ts';
import { KeySet } from './key-set.ts';
import type { PlanTally } from '../preview/plan-tally.ts';
import type { ProtectedUsers } from './protected-users.ts';
import type { RepeatJudge } from './repeats.ts';
import { identifierKey, type ResolvedRow } from './resolved-row.ts';

export interface PlanRowsTerms {
  readonly action: Action;
  readonly policy: PolicyOptions;
  /** Awaited only when the first row has been resolved. */
  readonly protectedUsers: ProtectedUsers | Promise<ProtectedUsers>;
  /** Users named in files; members of excluded groups are in `protectedUsers`. */
  readonly exclusion: Exclusion;
  /** Which users another run has already acted on. Awaited only when the first row has been resolved. */
  readonly repeats?: RepeatJudge | Promise<RepeatJudge> | undefined;
  /** How many rows to leave out before the first planned one. Excluded and duplicate rows do not count. */
  readonly skip: number;
  /** The most rows to plan; undefined for all. Excluded and duplicate rows do not count. */
  readonly limit: number | undefined;
  /** Counts every row that is planned. */
  readonly tally: PlanTally;
}

const EXCLUDED: Verdict = {
  kind: 'skip',
  reason: 'excluded',
  detail: 'Excluded by --exclude or --exclude-group.',
};
const DUPLICATE: Verdict = {
  kind: 'skip',
  reason: 'duplicate',
  detail: 'An earlier row has the same user.',
};

/** Returns the key that two rows share if they mean the same user; undefined for a row that means nobody. */
function sameness({ row, resolution }: ResolvedRow): string | undefined {
  if (resolution.kind === 'found') return resolution.user.id;
  return row.identifier.kind === 'invalid' ? undefined : identifierKey(row.identifier);
}

function planned(row: number, resolved: ResolvedRow, verdict: Verdict): PlannedRow {
  const { resolution } = resolved;
  const { source, line, identifier, columns } = resolved.row;
  const user = resolution.kind === 'found' ? resolution.user : undefined;
  return {
    row,
    source,
    line,
    input: identifier.value,
    userId: resolution.kind === 'unread' ? resolution.userId : user?.id,
    login: user?.login,
    status: user?.status,
    providerType: user?.providerType,
    statusChangedMs: user?.statusChangedMs,
    passwordChangedMs: user?.passwordChangedMs,
    verdict,
    columns,
  };
}

function userIdOf({ resolution }: ResolvedRow): string | undefined {
  if (resolution.kind === 'found') return resolution.user.id;
  return resolution.kind === 'unread' ? resolution.userId : undefined;
}

/** Returns the verdict of a row that is to be acted on, which is to skip it if another run has already done so. */
function again(resolved: ResolvedRow, repeats: RepeatJudge | undefined): Verdict {
  const { resolution } = resolved;
  const userId = userIdOf(resolved);
  const user = resolution.kind === 'found' ? resolution.user : undefined;
  const repeated = userId === undefined ? undefined : repeats?.judge(userId, user);
  return repeated ?? { kind: 'act' };
}

/**
 * Gives each resolved row its verdict and its number, in order, with the admins to act on last. Excluded and duplicate rows
 * are listed as such and do not count for `skip` and `limit`. After `limit`, nothing more is read. No user id is a target
 * twice. Takes about 16 bytes per row.
 */
export async function* planRows(
  rows: AsyncIterable<ResolvedRow>,
  terms: PlanRowsTerms,
): AsyncGenerator<PlannedRow, void, undefined> {
  const { action, policy, exclusion, tally, limit } = terms;
  let protectedUsers: ProtectedUsers | undefined;
  let repeats: RepeatJudge | undefined;
  const seen = new KeySet();
  const adminsLast: ResolvedRow[] = [];
  const end = limit === undefined ? Infinity : terms.skip + limit;
  let number = 0;
  let counted = 0;

  const isAdmin = (userId: string | undefined): boolean =>
    userId !== undefined && protectedUsers?.admins.ids.has(userId) === true;
  const next = (resolved: ResolvedRow, verdict: Verdict): PlannedRow => {
    number += 1;
    const row = planned(number, resolved, verdict);
    const user = resolved.resolution.kind === 'found' ? resolved.resolution.user : undefined;
    tally.add(row, { user, admin: isAdmin(row.userId) });
    return row;
  };

  if (end <= terms.skip) return;
  for await (const resolved of rows) {
    protectedUsers ??= await terms.protectedUsers;
    repeats ??= await terms.repeats;
    const key = sameness(resolved);
    const userId = userIdOf(resolved);
    const inGroup = userId !== undefined && protectedUsers.excluded.ids.has(userId);
    if (inGroup || exclusion.has(resolved)) {
      yield next(resolved, EXCLUDED);
      continue;
    }
    if (key !== undefined && !seen.add(key)) {
      yield next(resolved, DUPLICATE);
      continue;
    }
    counted += 1;
    if (counted > terms.skip) {
      const judged = judge(resolved.resolution, { action, policy, protectedUsers });
      const verdict = judged.kind === 'act' ? again(resolved, repeats) : judged;
      if (verdict.kind === 'act' && isAdmin(userId)) {
        adminsLast.push(resolved);
      } else {
        yield next(resolved, verdict);
      }
    }
    if (counted >= end) break;
  }
  for (const resolved of adminsLast) yield next(resolved, { kind: 'act' });
}
