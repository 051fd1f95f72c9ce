import { createHash } from 'node:crypto';
import type { SavedFile } from '../../../app/console/run-files.ts';
import type { ReportContent } from '../../../app/runs/run-content.ts';
import { flagsAsTyped } from '../../../config/continuation.ts';
import type { Given } from '../../../config/flags/flag.ts';
import { skipMeaning, findReason } from '../../../domain/codes/reasons.ts';
import { doesText } from '../../../domain/plan/action.ts';
import { principalText } from '../../../domain/run/principal.ts';
import type { RunFile } from '../../../domain/run/run-file.ts';
import { endsAtMs, type WorkingHours } from '../../../domain/working-hours.ts';
import { GUARDS } from '../../../config/guards.ts';
import type { LiveRun, TakenFollowup } from '../../api/live.ts';
import type { ListedRun, RunDetail, RunSummary } from '../../api/run-answers.ts';
import { explained } from './failure-groups.ts';
import { settledBy } from './settled-by.ts';

/** Identifies the exact content of run.json, so that a yes is to what the page shows. */
export const shownMark = (run: RunFile): string =>
  createHash('sha256').update(JSON.stringify(run)).digest('hex');

/** What is known about a run in addition to its files. */
export interface Around {
  readonly draft: string | undefined;
  /** The flags of that draft. */
  readonly given: Given;
  readonly hours: WorkingHours | undefined;
  readonly liveRun: LiveRun | undefined;
  readonly followup: TakenFollowup | undefined;
  readonly files: readonly SavedFile[];
  readonly sealed: boolean;
  readonly stop: RunDetail['stop'];
  readonly handedOver: number;
  readonly nowMs: number;
}

export function runDetail(listed: ListedRun, run: RunFile, around: Around): RunDetail {
  const { draft, given, hours, files, sealed, liveRun, followup, stop, handedOver, nowMs } = around;
  const { preview } = run;
  const { durationMs } = preview.estimate;
  const isPlan = listed.state === 'planned' || listed.state === 'declined';
  const [next] = listed.next;
  const flags = Object.values(GUARDS.flags);
  return {
    ...listed,
    shown: shownMark(run),
    does: doesText(run.spec),
    planDigest: run.planDigest,
    plannedBy: principalText(run.principal),
    preview,
    policy: run.policy,
    selection: run.selection,
    recipients: run.recipients ?? [],
    warnings: preview.warnings.map((warning) => ({
      ...warning,
      settle: draft === undefined ? undefined : settledBy(warning.code, run.spec.action),
    })),
    skips: Object.entries(preview.skipped)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, rows]) => ({ reason, rows, meaning: skipMeaning(reason) })),
    endsAtMs: durationMs === undefined ? undefined : endsAtMs(hours, nowMs, durationMs),
    expiresAtMs: isPlan ? Date.parse(run.createdAt) + GUARDS.read(given).planMaxAgeMs : undefined,
    files,
    sealed,
    stop,
    handedOver,
    command: `${next?.command ?? `okta-reset report ${listed.name}`}${isPlan ? flagsAsTyped(given, flags) : ''}`,
    draft,
    liveRun,
    followup,
  };
}

/** Returns the result of a run in numbers. */
export function runSummary({ summary, failures }: ReportContent): RunSummary {
  const { counts, byReason, traffic, startedAt, finishedAt, invocations, chain, executedBy } =
    summary;
  return {
    counts,
    reasons: Object.entries(byReason).map(([reason, rows]) => ({
      ...{ reason, rows },
      meaning: skipMeaning(reason) ?? findReason(reason)?.meaning,
    })),
    failures: failures.map(({ code, failed, unknown, message, examples }) => ({
      ...{ code, rows: failed + unknown, unknown, message },
      ...explained(code),
      examples: examples.map(({ row, who }) => ({ row, login: who })),
    })),
    ...{ traffic, startedAt, finishedAt, chain, invocations },
    executedBy: executedBy.map(principalText),
  };
}
