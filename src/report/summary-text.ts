import { formatDuration } from '../domain/duration.ts';
import { nextCommands } from '../domain/next-commands.ts';
import { OUTCOMES } from '../domain/outcome.ts';
import type { Explain, Story } from './story.ts';
import {
  actionText,
  chainText,
  clip,
  count,
  counted,
  estimateText,
  headline,
  outcomeLabels,
  principalText,
  standingOf,
  stopText,
  when,
} from './wording.ts';

const MAX_WIDTH = 100;
const MAX_GROUPS = 12;

/** A terminal must not obey what a user is called: control and direction characters become `?`. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, '?');
}

/** Breaks a text into lines of at most `width`, each after `indent`; words longer than a line stay whole. */
function wrap(text: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(indent + line);
  return lines.join('\n');
}

function facts(story: Story, width: number): string[] {
  const { run, summary } = story;
  const estimate = estimateText(summary);
  const pairs: [string, string][] = [
    ['Run', run.runId],
    ['Org', run.host],
    ['By', principalText(run.principal)],
    ['Action', actionText(run.spec)],
    ['Started', when(summary.startedAt)],
    ['Ended', when(summary.finishedAt)],
  ];
  if (estimate !== undefined) pairs.push(['Time', estimate]);
  if (summary.stop !== undefined) pairs.push(['Stopped', stopText(summary.stop)]);
  if (!story.planned) pairs.push(['Journal', chainText(summary.chain)]);
  return pairs.map(([name, value]) => {
    const indent = ' '.repeat(10);
    return name.padEnd(10) + wrap(plain(value), indent, width).slice(indent.length);
  });
}

function counts(story: Story): string[] {
  const { counts: by, rows } = story.summary;
  const labels = outcomeLabels(story.planned);
  const shown = OUTCOMES.filter((outcome) => !story.planned || by[outcome] > 0);
  const first = Math.max(...Object.values(labels).map(({ length }) => length)) + 2;
  const width = Math.max(count(rows).length, 5);
  const line = (label: string, n: number) => `  ${label.padEnd(first)}${count(n).padStart(width)}`;
  return [
    ...shown.map((outcome) => line(labels[outcome], by[outcome])),
    `  ${'─'.repeat(first + width)}`,
    line('All rows', rows),
  ];
}

function failures(story: Story, width: number, explain: Explain): string[] {
  const lines = story.failures.slice(0, MAX_GROUPS).map((group) => {
    const entry = explain(group.code);
    const meaning = entry?.meaning ?? group.message ?? 'Nothing more is known of this code.';
    const who = group.examples.map((row) => row.who).join(', ');
    return [
      `  ${count(group.failed + group.unknown)} × ${plain(group.code)}`,
      wrap(plain(meaning), '      ', width),
      ...(entry === undefined ? [] : [wrap(`Next: ${entry.how}`, '      ', width)]),
      clip(`      e.g. ${plain(who)}`, width),
    ].join('\n');
  });
  const more = story.failures.length - MAX_GROUPS;
  if (more > 0) lines.push(`  … and ${counted(more, 'more code')}: see failed.csv`);
  return lines;
}

/** Writes a run's summary for a terminal of `columns` columns: plain text, no colour, no control characters. */
export function summaryText(story: Story, columns: number, explain: Explain): string {
  const width = Math.min(Math.max(columns, 40), MAX_WIDTH);
  const { summary, planned, run } = story;
  const sections: string[][] = [
    [wrap(headline(summary, planned), '', width)],
    facts(story, width),
    counts(story),
  ];
  const reasons = Object.entries(summary.byReason);
  if (reasons.length > 0) {
    sections.push([
      'By reason',
      ...reasons.map(([reason, n]) => clip(`  ${count(n).padStart(7)}  ${plain(reason)}`, width)),
    ]);
  }
  if (story.failures.length > 0) {
    sections.push(['Failed and unknown', ...failures(story, width, explain)]);
  }
  if (summary.traffic.length > 0) {
    sections.push([
      'Calls',
      ...summary.traffic.map((t) =>
        clip(
          `  ${plain(t.bucket)}: ${counted(t.calls, 'call')}, ${count(t.throttled)} × 429, waited ${formatDuration(t.waitedMs)}`,
          width,
        ),
      ),
    ]);
  }
  const warnings = run.preview.warnings.map(
    (warning) => `  ! ${wrap(plain(warning.text), '    ', width).trimStart()}`,
  );
  if (warnings.length > 0) sections.push(['Mind', ...warnings]);
  const next = nextCommands(story.name, standingOf(story));
  if (next.length > 0) {
    sections.push(['Next', ...next.flatMap(({ why, command }) => [`  ${why}:`, `    ${command}`])]);
  }
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
