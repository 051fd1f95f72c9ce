import { explainCode, failureCodeOf } from '../../../app/runs/run-content.ts';
import type { SeenRow } from '../../../app/runs/run-tables.ts';
import type { ToldAttempt } from '../../../app/runs/row-attempts.ts';
import type { HandOut } from '../../../app/secrets/hand-outs.ts';
import { stepCall } from '../../../domain/plan/step.ts';
import type { ResultRow } from '../../../domain/row/result.ts';
import type { RunFile } from '../../../domain/run/run-file.ts';
import type { Attempt, RerunOffer, RowDetail } from '../../api/run-answers.ts';
import { secretOf, tableRow } from './table-rows.ts';

function attemptOf({ sent, ended }: ToldAttempt, { spec }: RunFile): Attempt {
  const effect =
    ended === undefined
      ? 'open'
      : ended.kind === 'effect'
        ? ended.effect
        : ended.outcome === 'succeeded'
          ? 'applied'
          : ended.outcome === 'unknown'
            ? 'unknown'
            : 'not-applied';
  return {
    attempt: sent.attempt,
    step: sent.step,
    call: stepCall(sent.step, spec).replace('{id}', sent.userId),
    sentAt: sent.at,
    endedAt: ended?.at,
    effect,
    reconciled: ended?.reconciled === true,
    httpStatus: ended?.status,
    error: ended?.oktaCode,
    message: ended?.message,
    requestId: ended?.requestId,
  };
}

/** Returns the reruns that a button offers. Rows that were skipped or succeeded are not repeated by a button. */
function offersOf(name: string, result: ResultRow): RowDetail['again'] {
  const { outcome, row, oktaErrorCode: code } = result;
  if (outcome !== 'failed' && outcome !== 'unknown') return undefined;
  const only = [outcome] as const;
  const flag = outcome === 'failed' ? '' : ' --only unknown';
  const offer = (request: Omit<RerunOffer['request'], 'only'>, flags: string): RerunOffer => ({
    request: { only, ...request },
    command: `okta-reset rerun ${name}${flag} ${flags}`,
  });
  return {
    row: offer({ rows: [row] }, `--row ${row}`),
    error: code === undefined ? undefined : offer({ errors: [code] }, `--error ${code}`),
  };
}

/** Returns the page of a user in the Admin Console, if it is an org of Okta's. A sandbox has none. */
function adminUrlOf({ origin }: RunFile, userId: string | undefined): string | undefined {
  const host = /^https:\/\/([a-z0-9-]+)\.(okta|oktapreview|okta-emea)\.com$/.exec(origin);
  if (host === null || userId === undefined) return undefined;
  return `https://${host[1] ?? ''}-admin.${host[2] ?? ''}.com/admin/user/profile/view/${userId}`;
}

/** Returns everything that is known about one row, except secrets. */
export function rowDetail(
  seen: SeenRow,
  told: readonly ToldAttempt[],
  {
    run,
    name,
    handOut,
  }: { readonly run: RunFile; readonly name: string; readonly handOut: HandOut | undefined },
): RowDetail {
  const { planned, result } = seen;
  const isFailed = result.outcome === 'failed' || result.outcome === 'unknown';
  const code = isFailed ? failureCodeOf(result) : result.reason;
  const entry = code === undefined ? undefined : explainCode(code);
  return {
    ...tableRow(seen, secretOf(run), handOut),
    source: result.source,
    line: result.line,
    providerType: planned.providerType,
    statusChangedMs: planned.statusChangedMs,
    passwordChangedMs: planned.passwordChangedMs,
    tries: told.map((attempt) => attemptOf(attempt, run)),
    meaning: entry?.meaning,
    remedy: entry?.how,
    adminUrl: adminUrlOf(run, result.userId),
    again: offersOf(name, result),
  };
}
