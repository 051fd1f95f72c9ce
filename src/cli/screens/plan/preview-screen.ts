import { formatDuration } from '../../../domain/duration.ts';
import { ACTIONS } from '../../../domain/plan/action.ts';
import { shortDigest } from '../../../domain/plan/confirmation.ts';
import type { Preview } from '../../../domain/plan/preview.ts';
import { asCalled } from '../../../domain/program.ts';
import type { RunFile } from '../../../domain/run/run-file.ts';
import type { WorkingHours } from '../../../domain/working-hours.ts';
import { WIDEST, alignColumns, fit, wrap } from '../../../text/layout.ts';
import { doubtText, estimateText } from '../progress/estimate-text.ts';
import type { Style } from '../../terminal/style.ts';
import { count, counted } from '../../../domain/counted.ts';
import { styled, type Text } from '../../../text/styled.ts';

export const DRY_RUN = 'DRY RUN – nothing is sent';

const MOST_SAMPLE_ROWS = 12;
/** A narrower terminal has no room for ids next to complete logins. */
const ROOM_FOR_IDS = 96;

function matrix(preview: Preview, width: number, style: Style): readonly Text[] {
  const providers = [
    ...new Set(Object.values(preview.statusByProvider).flatMap((row) => Object.keys(row))),
  ].sort();
  if (providers.length === 0) return [];
  const header = [{ text: 'status' }, ...providers.map((text) => ({ text, right: true }))];
  const rows = Object.entries(preview.statusByProvider)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([status, row]) => [
      { text: status },
      ...providers.map((provider) => ({
        text: row[provider] === undefined ? '·' : count(row[provider]),
        right: true,
      })),
    ]);
  return [
    '',
    style.bold('Status × provider'),
    ...alignColumns([header, ...rows], { width, indent: '  ', flexible: 0 }),
  ];
}

function sample(preview: Preview, width: number, style: Style): readonly Text[] {
  if (preview.sample.length === 0) return [];
  const shown = preview.sample.slice(0, MOST_SAMPLE_ROWS);
  const rows = shown.map((row) => [
    { text: String(row.row), right: true },
    { text: fit(row.login ?? row.input, 44) },
    ...(width < ROOM_FOR_IDS ? [] : [{ text: row.userId ?? '' }]),
    { text: row.verdict.kind === 'act' ? 'act' : `skip: ${row.verdict.reason}` },
  ]);
  return [
    '',
    style.bold('Some of the rows'),
    ...alignColumns(rows, { width, indent: '  ', flexible: 1 }),
  ];
}

/** Shows a call completely, because this is what is sent. What does not fit continues below, beginning with a parameter. */
function folded(call: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const part of call.split(/(?= )|(?=[?&])/)) {
    if (line.trim() !== '' && line.length + part.length >= width) {
      lines.push(line);
      line = '      ';
    }
    line += part;
  }
  return [...lines, line].map((text, index) => (index === 0 ? ` ${text}` : text));
}

interface PreviewOptions {
  readonly width: number;
  /** How this program is started from here. */
  readonly program: string;
  readonly style: Style;
  readonly nowMs: number;
  /** Whether the plan is shown again some time after it was made. */
  readonly isLater: boolean;
  /** The hours in which the run sends writes. */
  readonly hours: WorkingHours | undefined;
}

/** Says what a run of the plan would do, what it costs, and what stays dangerous. */
function whatFollows(
  run: RunFile,
  width: number,
  { style, nowMs, hours, program }: PreviewOptions,
): readonly Text[] {
  const { preview } = run;
  const warnings = preview.warnings.flatMap((warning) => {
    const lines = wrap(asCalled(warning.text, program), width - 4, '    ');
    return [styled`  ${style.yellow('!')} ${lines.join('\n')}`];
  });
  const acts = preview.targets > 0;
  const called = [
    '',
    style.bold('Calls that will be sent'),
    `  ${run.spec.action}: ${ACTIONS[run.spec.action].does}`,
    ...preview.calls.flatMap((call) => folded(call, width)),
    ...(run.policy.lookup
      ? folded(
          'GET /api/v1/users/{id} right before, to skip users who were acted on meanwhile',
          width,
        )
      : []),
    ...(run.recipients ?? []).map((recipient) => `  sealed to ${recipient}`),
  ];
  const doubt = doubtText(preview.estimate);
  const long = [
    '',
    style.bold('How long'),
    ...[
      estimateText(preview.estimate, nowMs, hours),
      ...(doubt === undefined ? [] : [doubt]),
    ].flatMap((text) =>
      wrap(text, width - 2, '  ').map((line, index) => (index === 0 ? `  ${line}` : line)),
    ),
  ];
  return [
    ...(acts ? called : []),
    ...(warnings.length === 0 ? [] : ['', style.bold('Know before you say yes'), ...warnings]),
    ...(acts ? long : []),
  ];
}

/** Says that the figures are as old as the plan. */
function plannedBefore(run: RunFile, nowMs: number, width: number): readonly string[] {
  const age = formatDuration(Math.max(0, nowMs - Date.parse(run.createdAt)));
  const again = run.policy.lookup
    ? ' Each user is read again right before the call; users acted on since are skipped.'
    : '';
  return wrap(`These figures are from the time of the plan, ${age} ago.${again}`, width);
}

/** Makes the preview for a person: counts that add up, what is called, what stays dangerous, how long it takes. */
export function previewScreen(run: RunFile, options: PreviewOptions): readonly Text[] {
  const { preview } = run;
  const { style } = options;
  const width = Math.min(options.width, WIDEST);
  const skipped = Object.entries(preview.skipped).sort(([, a], [, b]) => b - a);
  const skippedTotal = skipped.reduce((sum, [, rows]) => sum + rows, 0);
  const verdicts = alignColumns(
    [
      [{ text: 'act' }, { text: count(preview.targets), right: true }],
      ...skipped.map(([reason, rows]) => [
        { text: `skip: ${reason}` },
        { text: count(rows), right: true },
      ]),
      [{ text: 'rows in all' }, { text: count(preview.targets + skippedTotal), right: true }],
    ],
    { width, indent: '  ', flexible: 0 },
  );
  return [
    style.bold(`${counted(preview.targets, 'user')} on ${run.host} would be acted on`),
    styled`Plan digest ${style.bold(shortDigest(run.planDigest))}`,
    ...(options.isLater ? plannedBefore(run, options.nowMs, width) : []),
    '',
    ...verdicts.map((line, index) =>
      index === 0 ? style.green(line) : index === verdicts.length - 1 ? style.bold(line) : line,
    ),
    ...matrix(preview, width, style),
    ...sample(preview, width, style),
    ...whatFollows(run, width, options),
  ];
}
