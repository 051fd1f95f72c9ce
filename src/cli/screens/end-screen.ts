import type { ExecutedRun } from '../../app/run/settle.ts';
import { standingAfter } from '../../app/run/standing.ts';
import { explainCode } from '../../app/runs/run-content.ts';
import { formatDuration } from '../../domain/duration.ts';
import { nextCommands, type CommandLines } from '../../domain/run/next-commands.ts';
import { OUTCOMES } from '../../domain/row/outcome.ts';
import { stopText, type StopReason } from '../../domain/run/stop.ts';
import { breaksText, type Summary } from '../../domain/run/summary.ts';
import { WIDEST, alignColumns, wrap } from '../../text/layout.ts';
import type { Style } from '../terminal/style.ts';
import { count, counted } from '../../domain/counted.ts';
import type { Text } from '../../text/styled.ts';
import { nextLines } from './next-lines.ts';

/** Stops after which a run continues only if more failures are allowed. */
const LOOK_FIRST: ReadonlySet<StopReason['kind'] | undefined> = new Set([
  'failure-share',
  'all-not-found',
] as const);

/** Lists the codes that most rows failed with, each with its full meaning. */
function failures({ byError }: Summary, width: number): readonly string[] {
  const most = Object.entries(byError)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 8);
  const heads = alignColumns(
    most.map(([code, rows]) => [{ text: `${count(rows)} ×`, right: true }, { text: code }]),
    { width, indent: '  ', flexible: 1 },
  );
  const margin = Math.max(0, ...heads.map(({ length }) => length)) + 2;
  return most.flatMap(([code], index) => {
    const meaning = wrap(explainCode(code)?.meaning ?? '', width - margin - 1, ' '.repeat(margin));
    return `${(heads[index] ?? '').padEnd(margin)}${meaning.join('\n')}`.trimEnd().split('\n');
  });
}

/** Says how the rows ended: one line per outcome, and the sum. */
function countLines({ counts, rows }: Summary, width: number, style: Style): readonly Text[] {
  const shown = OUTCOMES.filter((outcome) => counts[outcome] > 0 || outcome === 'succeeded');
  const lines = alignColumns(
    [...shown.map((outcome) => [outcome, counts[outcome]] as const), ['rows in all', rows]].map(
      ([text, number]) => [{ text: String(text) }, { text: count(Number(number)), right: true }],
    ),
    { width, indent: '  ', flexible: 0 },
  );
  return lines.map((line, index) => {
    const outcome = shown[index];
    if (outcome === 'succeeded') return style.green(line);
    return outcome === 'failed' || outcome === 'unknown' ? style.red(line) : line;
  });
}

/** Says what the run took: time and calls, compared with the estimate. */
function costText(summary: Summary): string {
  const { traffic, startedAt, finishedAt, estimateMs, stop, invocations } = summary;
  const calls = traffic.reduce((sum, bucket) => sum + bucket.calls, 0);
  const throttled = traffic.reduce((sum, bucket) => sum + bucket.throttled, 0);
  const made = `${counted(calls, 'call')}, ${counted(throttled, '429')}.`;
  if (startedAt === undefined || finishedAt === undefined) return made;
  const took = `${formatDuration(Date.parse(finishedAt) - Date.parse(startedAt))}${breaksText(invocations)}, ${made}`;
  return estimateMs === undefined || stop !== undefined
    ? took
    : `${took} The estimate was ${formatDuration(estimateMs)}.`;
}

/** Makes the end of a run for a person: what happened, what is left, and the exact commands that continue it. */
export function endScreen(
  ended: ExecutedRun,
  commands: CommandLines,
  options: { readonly width: number; readonly style: Style },
): readonly Text[] {
  const { name, summary, left, endedBefore } = ended;
  const { counts, stop } = summary;
  const { style } = options;
  const width = Math.min(options.width, WIDEST);
  const errors = failures(summary, width);
  const standing = standingAfter(ended);
  const undecided = counts.unknown - standing.unsettled;
  const paragraph = (isTrue: boolean, text: () => string) => (isTrue ? wrap(text(), width) : []);
  return [
    '',
    ...paragraph(
      endedBefore !== undefined,
      () =>
        `This run ended at ${endedBefore?.slice(0, 16).replace('T', ' ') ?? ''} UTC. Nothing was sent this time.`,
    ),
    style.bold(stop === undefined ? 'The run is finished.' : style.yellow(stopText(stop))),
    ...countLines(summary, width, style),
    ...(errors.length === 0 ? [] : ['', style.bold('What failed'), ...errors]),
    '',
    costText(summary),
    `Report  ${name}/report.html`,
    ...(left > 0 && LOOK_FIRST.has(stop?.kind)
      ? ['Look at the failures first. When you know the cause, this command allows more of them:']
      : []),
    ...paragraph(
      undecided > 0,
      () =>
        `${counted(undecided, 'row stays', 'rows stay')} unknown. Look these users up before you act on them again: some might be reset twice.`,
    ),
    ...nextLines(nextCommands(name, standing, commands), style),
  ];
}
