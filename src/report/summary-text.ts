import { formatDuration } from '../domain/duration.ts';
import { nextCommands } from '../domain/run/next-commands.ts';
import { OUTCOMES } from '../domain/row/outcome.ts';
import { alignColumns, fit, textWidth, wrap } from '../text/layout.ts';
import { plain } from '../text/safe.ts';
import type { Explain, ReportContent } from './report-content.ts';
import { count, counted } from '../domain/counted.ts';
import { stopText } from '../domain/run/stop.ts';
import { outcomeLabels } from '../domain/row/outcome.ts';
import { chainText } from '../domain/run/summary.ts';
import { utc } from '../domain/utc.ts';
import { actionText, estimateText, headline, peopleOf, standingOf } from './wording.ts';

const MAX_WIDTH = 100;
const MAX_GROUPS = 12;

/** Formats lines of at most `width` cells, each after `indent`. */
function indented(text: string, indent: string, width: number): readonly string[] {
  return wrap(plain(text), width - indent.length).map((line) => indent + line);
}

/** Formats rows of a label and its text. The second column is wrapped, and nothing is cut. */
function labelled(
  pairs: readonly (readonly [label: string, text: string])[],
  width: number,
  options: { readonly indent?: string; readonly right?: boolean } = {},
): readonly string[] {
  const { indent = '', right = false } = options;
  const shown = pairs.map(([label, text]) => [plain(label), text] as const);
  const widest = Math.max(...shown.map(([label]) => textWidth(label)));
  const margin = ' '.repeat(indent.length + widest + 2);
  return shown.flatMap(([label, text]) => {
    const gap = ' '.repeat(widest - textWidth(label));
    const head = `${indent}${right ? gap + label : label + gap}  `;
    const [first = '', ...more] = indented(text, margin, width);
    return [head + first.slice(margin.length), ...more];
  });
}

function facts(content: ReportContent, width: number): readonly string[] {
  const { run, summary } = content;
  const estimate = estimateText(summary);
  const pairs: (readonly [string, string])[] = [
    ['Run', run.runId],
    ['Org', run.host],
    ...peopleOf(content),
    ['Action', actionText(run.spec)],
    ['Started', utc(summary.startedAt)],
    ['Ended', utc(summary.finishedAt)],
  ];
  if (estimate !== undefined) pairs.push(['Time', estimate]);
  if (summary.stop !== undefined) pairs.push(['Stopped', stopText(summary.stop)]);
  if (!content.planned) pairs.push(['Journal', chainText(summary.chain)]);
  return labelled(pairs, width);
}

function counts(content: ReportContent, width: number): readonly string[] {
  const { counts: by, rows } = content.summary;
  const labels = outcomeLabels(content.planned);
  const shown = OUTCOMES.filter((outcome) => !content.planned || by[outcome] > 0);
  const lines = alignColumns(
    [
      ...shown.map((outcome) => [
        { text: labels[outcome] },
        { text: count(by[outcome]), right: true },
      ]),
      [{ text: 'All rows' }, { text: count(rows) }],
    ],
    { width, indent: '  ', flexible: 0 },
  );
  const total = lines.at(-1) ?? '';
  return [...lines.slice(0, -1), `  ${'─'.repeat(textWidth(total) - 2)}`, total];
}

function failures(content: ReportContent, width: number, explain: Explain): readonly string[] {
  const lines = content.failures.slice(0, MAX_GROUPS).flatMap((group) => {
    const entry = explain(group.code);
    const meaning = entry?.meaning ?? group.message ?? 'Nothing more is known about this code.';
    const who = group.examples.map((row) => row.who).join(', ');
    return [
      ...indented(`${count(group.failed + group.unknown)} × ${group.code}`, '  ', width),
      ...indented(meaning, '      ', width),
      ...(entry === undefined ? [] : indented(`Next: ${entry.how}`, '      ', width)),
      fit(`      for example ${who}`, width),
    ];
  });
  const more = content.failures.length - MAX_GROUPS;
  return more > 0 ? [...lines, `  … and ${counted(more, 'more code')}: see failed.csv`] : lines;
}

/** Formats a run's summary for a terminal of `columns` columns: plain text, no color, no control characters. */
export function summaryText(content: ReportContent, columns: number, explain: Explain): string {
  const width = Math.min(Math.max(columns, 40), MAX_WIDTH);
  const { summary, planned, run } = content;
  const sections: (readonly string[])[] = [
    indented(headline(summary, planned), '', width),
    facts(content, width),
    counts(content, width),
  ];
  const reasons = Object.entries(summary.byReason).map(
    ([reason, rows]) => [count(rows), reason] as const,
  );
  if (reasons.length > 0)
    sections.push(['By reason', ...labelled(reasons, width, { indent: '  ', right: true })]);
  if (content.failures.length > 0)
    sections.push(['Failed and unknown', ...failures(content, width, explain)]);
  if (summary.traffic.length > 0) {
    const calls = summary.traffic.map(
      (t) =>
        [
          t.bucket,
          `${counted(t.calls, 'call')}, ${count(t.throttled)} × 429, waited ${formatDuration(t.waitedMs)}`,
        ] as const,
    );
    sections.push(['Calls', ...labelled(calls, width, { indent: '  ' })]);
  }
  const warnings = run.preview.warnings.flatMap((warning) =>
    labelled([['!', warning.text]], width, { indent: '  ' }),
  );
  if (warnings.length > 0) sections.push(['Warnings', ...warnings]);
  const next = nextCommands(content.name, standingOf(content));
  if (next.length > 0) {
    sections.push(['Next', ...next.flatMap(({ why, command }) => [`  ${why}:`, `    ${command}`])]);
  }
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
