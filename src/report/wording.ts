import { count, counted } from '../domain/counted.ts';
import { isCanaryStuck } from '../domain/run/stop.ts';
import { ACTIONS, endedBeside, type ActionSpec } from '../domain/plan/action.ts';
import { formatDuration } from '../domain/duration.ts';
import type { RunStanding } from '../domain/run/next-commands.ts';
import { principalText } from '../domain/run/principal.ts';
import { breaksText, type Summary } from '../domain/run/summary.ts';
import { HALF_DONE, UNSETTLED } from './results/reasons.ts';
import type { ReportContent } from './report-content.ts';

/** Returns the text cut to `max` UTF-16 units, with an ellipsis if something is missing. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  // A cut between the two halves of a character would leave a broken one.
  return (/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut) + '…';
}

/** Names who planned and who executed, as Okta identifies the owners of their credentials. */
export function peopleOf({
  summary,
  planned,
}: Pick<ReportContent, 'summary' | 'planned'>): readonly (readonly [string, string])[] {
  const { plannedBy, executedBy } = summary;
  const executors = executedBy.map(principalText).join('; ');
  return [
    ['Planned by', principalText(plannedBy)],
    ...(planned ? [] : [['Executed by', executors || 'not recorded'] as const]),
  ];
}

/** Says what a run does to each user, including sessions and tokens. */
export function actionText(spec: ActionSpec): string {
  if (ACTIONS[spec.action].kind !== 'password') return `${ACTIONS[spec.action].done(spec)}.`;
  const which = endedBeside(spec).join(' and ');
  const factors = spec.resetFactors === true ? ' Remove every factor.' : '';
  return `${ACTIONS[spec.action].done(spec)}. ${which === '' ? 'Sessions and tokens stay active' : `End ${which}`}.${factors}`;
}

/** Sums up a run in one sentence. Its numbers add up to all rows, and skipped rows are named separately. */
export function headline(summary: Summary, planned: boolean): string {
  const { counts, rows } = summary;
  const skipped = counts.skipped > 0 ? ` Skipped: ${counted(counts.skipped, 'row')}.` : '';
  if (planned) {
    return `${counted(counts['not-attempted'], 'user')} would be acted on.${skipped} Nothing has been sent.`;
  }
  const rest = [
    counts.failed > 0 ? `${count(counts.failed)} failed` : '',
    counts.unknown > 0 ? `${count(counts.unknown)} unknown` : '',
    counts['not-attempted'] > 0 ? `${count(counts['not-attempted'])} not attempted` : '',
  ].filter((part) => part !== '');
  const toAct = rows - counts.skipped;
  if (toAct === 0) return `There was no user to act on.${skipped}`;
  const start = `${count(counts.succeeded)} of ${counted(toAct, 'user')} succeeded`;
  return `${start}${rest.length === 0 ? '' : `; ${rest.join(', ')}`}.${skipped}`;
}

/** Compares the estimate from before the run with the time it took; undefined if there is nothing to compare. */
export function estimateText(summary: Summary): string | undefined {
  const { estimateMs, startedAt, finishedAt, invocations } = summary;
  const guess = estimateMs === undefined ? undefined : `estimated ${formatDuration(estimateMs)}`;
  if (startedAt === undefined || finishedAt === undefined) return guess;
  const took = `took ${formatDuration(Date.parse(finishedAt) - Date.parse(startedAt))}`;
  return (guess === undefined ? took : `${guess}, ${took}`) + breaksText(invocations);
}

/** The state of a run, as its report shows it. */
export function standingOf({
  run,
  summary,
  planned,
  heir,
  takenUp,
}: Pick<ReportContent, 'run' | 'summary' | 'planned' | 'heir' | 'takenUp'>): RunStanding {
  const unsettled = (summary.byError[UNSETTLED] ?? 0) + (summary.byError[HALF_DONE] ?? 0);
  const { counts } = summary;
  const { action } = run.spec;
  return {
    planned,
    counts,
    unsettled,
    broken: summary.chain === 'broken',
    since: run.createdAt,
    action: action === 'reset-password' ? undefined : action,
    heir,
    takenUp,
    canaryStopped: isCanaryStuck(summary.stop, counts),
  };
}
