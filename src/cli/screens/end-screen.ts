import { formatDuration } from '../../domain/duration.ts';
import { nextCommands, type CommandLines } from '../../domain/run/next-commands.ts';
import { OUTCOMES } from '../../domain/row/outcome.ts';
import { stopText, type StopReason } from '../../domain/run/stop.ts';
import type { Summary } from '../../domain/run/summary.ts';
import { WIDEST, alignColumns, wrap } from '../../text/layout.ts';
import type { Style } from '../terminal/style.ts';
import { count, plural } from './words.ts';
import { styled, type Text } from '../../text/styled.ts';

/** Stops after which a run goes on only if more failures are allowed. */
const LOOK_FIRST: ReadonlySet<StopReason['kind'] | undefined> = new Set([
  'failure-share',
  'all-not-found',
] as const);

export interface RunEndFacts {
  /** What a command line calls the run. */
  readonly name: string;
  readonly summary: Summary;
  /** Rows that a resume would go on with. */
  readonly left: number;
  /** Rows that had ended and that other runs have taken up since. */
  readonly takenUp: number;
  readonly lines: CommandLines;
  /** When the run had ended before this command, which sent nothing (ISO 8601). */
  readonly endedBefore?: string | undefined;
  /** The run brought temporary passwords or links: where to read them. */
  readonly secrets: 'none' | 'sealed' | 'plaintext';
  readonly explain: (code: string) => string | undefined;
}

/** The codes that most rows failed with, each with its whole meaning beside it. */
function failures({ summary, explain }: RunEndFacts, width: number): readonly string[] {
  const most = Object.entries(summary.byError)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 8);
  const heads = alignColumns(
    most.map(([code, rows]) => [{ text: `${count(rows)} ×`, right: true }, { text: code }]),
    { width, indent: '  ', flexible: 1 },
  );
  const margin = Math.max(0, ...heads.map(({ length }) => length)) + 2;
  return most.flatMap(([code], index) => {
    const meaning = wrap(explain(code) ?? '', width - margin - 1, ' '.repeat(margin));
    return `${(heads[index] ?? '').padEnd(margin)}${meaning.join('\n')}`.trimEnd().split('\n');
  });
}

/** The end of a run as a person reads it: what happened, what is left, the exact commands that go on. */
export function endScreen(
  facts: RunEndFacts,
  options: { readonly width: number; readonly style: Style },
): readonly Text[] {
  const { summary } = facts;
  const { style } = options;
  const width = Math.min(options.width, WIDEST);
  const { counts } = summary;
  const paint = (outcome: string, line: string): Text =>
    outcome === 'succeeded'
      ? style.green(line)
      : outcome === 'failed' || outcome === 'unknown'
        ? style.red(line)
        : line;
  const shown = OUTCOMES.filter((outcome) => counts[outcome] > 0 || outcome === 'succeeded');
  const table = alignColumns(
    [
      ...shown.map((outcome) => [{ text: outcome }, { text: count(counts[outcome]), right: true }]),
      [{ text: 'rows in all' }, { text: count(summary.rows), right: true }],
    ],
    { width, indent: '  ', flexible: 0 },
  );
  const errors = failures(facts, width);
  const unsettled = Math.max(0, facts.left - counts['not-attempted']);
  const next = nextCommands(
    facts.name,
    {
      planned: false,
      counts,
      unsettled,
      broken: false,
      takenUp: facts.takenUp,
      secrets: facts.secrets,
    },
    facts.lines,
  );
  const undecided = counts.unknown - unsettled;
  const traffic = summary.traffic.reduce(
    (sum, bucket) => ({
      calls: sum.calls + bucket.calls,
      throttled: sum.throttled + bucket.throttled,
    }),
    { calls: 0, throttled: 0 },
  );
  const took =
    summary.startedAt === undefined || summary.finishedAt === undefined
      ? undefined
      : Date.parse(summary.finishedAt) - Date.parse(summary.startedAt);
  return [
    '',
    ...(facts.endedBefore === undefined
      ? []
      : wrap(
          `This run ended at ${facts.endedBefore.slice(0, 16).replace('T', ' ')} UTC. Nothing was sent now.`,
          width,
        )),
    ...(summary.stop === undefined
      ? [style.bold('The run is finished.')]
      : [style.bold(style.yellow(stopText(summary.stop)))]),
    ...table.map((line, index) => paint(shown[index] ?? '', line)),
    ...(errors.length === 0 ? [] : ['', style.bold('What failed'), ...errors]),
    '',
    `${took === undefined ? '' : `${formatDuration(took)}, `}${plural(traffic.calls, 'call')}, ${plural(traffic.throttled, '429')}.` +
      (summary.estimateMs === undefined || took === undefined || summary.stop !== undefined
        ? ''
        : ` The estimate was ${formatDuration(summary.estimateMs)}.`),
    `Report  ${facts.name}/report.html`,
    ...(facts.left > 0 && LOOK_FIRST.has(summary.stop?.kind)
      ? ['Look at the failures first. If they are understood, this allows more of them:']
      : []),
    ...(undecided > 0
      ? wrap(
          `${plural(undecided, 'row stays', 'rows stay')} unknown. Look these users up before you act on them again: some may be reset a second time.`,
          width,
        )
      : []),
    ...next.map(
      ({ command }, index) => styled`${index === 0 ? 'Next' : '    '}    ${style.bold(command)}`,
    ),
  ];
}
