import type { EncodingFacts } from '../bytes/encoding.ts';
import { sourceName } from '../input-error.ts';
import type { Layout } from '../layout/layout.ts';
import { FAULT_WORDS } from './fault-words.ts';
import { KIND_NAMES } from './start-notices.ts';
import { counted, newTally, type LineTally, type Notice, type NoticeCode } from './notice.ts';
import type { FileTally } from './remarks.ts';

/** A message about some lines, with a place for their count: `3 rows` in “3 rows left out by --where.” */
interface Remark {
  readonly code: NoticeCode;
  readonly level: Notice['level'];
  readonly lines: LineTally;
  readonly noun: string;
  readonly text: (count: string) => string;
  readonly hint?: string;
}

type Said = readonly Remark[];

/** Messages about records that are not rows. */
function onOtherRecords({ titleLines, otherRecords }: FileTally): Said {
  const { blank, trailer, 'repeated-header': repeated } = otherRecords;
  return [
    {
      ...{ code: 'title-lines', level: 'info', lines: titleLines, noun: 'line' },
      text: (count) => `${count} above the header skipped.`,
    },
    {
      ...{ code: 'blank-lines', level: 'info', lines: blank, noun: 'blank line' },
      text: (count) => `${count} skipped.`,
    },
    {
      ...{ code: 'trailer-lines', level: 'info', lines: trailer, noun: 'closing line' },
      text: (count) => `${count} (Total …) skipped.`,
    },
    {
      ...{ code: 'repeated-headers', level: 'warning', lines: repeated, noun: 'repeated header' },
      text: (count) => `${count} skipped; the file looks like several files joined together.`,
    },
  ];
}

/** Messages about rows that are left out, and rows that name nobody. */
function onFaults({ secretCells, leftOut, faults }: FileTally, layout: Layout): Said {
  return [
    {
      ...{ code: 'left-out', level: 'warning', lines: secretCells, noun: 'cell' },
      text: (count) => `${count} that may contain passwords or other secrets left out.`,
      hint: 'If a column has no secrets: --keep-column NAME',
    },
    {
      ...{ code: 'where', level: 'info', lines: leftOut, noun: 'row' },
      text: (count) => `${count} left out by --where.`,
    },
    ...[...faults].map(([fault, lines]): Remark => {
      const { code, text, hint } = FAULT_WORDS[fault];
      return { code, level: 'warning', lines, noun: 'row', text, hint: hint(layout) };
    }),
  ];
}

/** Messages about rows that are used, but differ from the others. */
function onShapes(tally: FileTally, { key }: Layout, { name }: EncodingFacts): Said {
  const { idsAmongLogins, ragged, multiLine, badBytes } = tally;
  return [
    {
      ...{ code: 'mixed-column', level: 'warning', lines: idsAmongLogins, noun: 'user id' },
      text: (count) => `${count} in a column of ${KIND_NAMES[key.kind]}, taken as ids.`,
    },
    {
      ...{ code: 'ragged-rows', level: 'info', lines: ragged, noun: 'row' },
      text: (count) =>
        `${count} with fewer or more cells than the others; the column of users is not affected.`,
    },
    {
      ...{ code: 'multi-line-rows', level: 'info', lines: multiLine, noun: 'row' },
      text: (count) => `${count} with line breaks inside quotes.`,
    },
    {
      ...{ code: 'bad-bytes', level: 'warning', lines: badBytes, noun: 'row' },
      text: (count) => `${count} with bytes that are not ${name}; they are shown as \uFFFD.`,
      hint: 'Name the right --encoding.',
    },
  ];
}

/** The message about logins that a spreadsheet might have shortened. */
function onLostZeros({ digitsByLength }: FileTally): Said {
  const total = digitsByLength.reduce((sum, count) => sum + count, 0);
  const longest = digitsByLength.at(-1);
  // Most numbers have one length and a few are shorter. If numbers are assigned evenly, one in ten begins with a zero.
  if (longest === undefined || total < 5 || longest === total || longest < total * 0.7) return [];
  const lines = { ...newTally(), count: total - longest };
  return [
    {
      ...{ code: 'lost-zeros', level: 'warning', lines, noun: 'login' },
      text: (count) =>
        `${count} made of digits and shorter than the others: a spreadsheet may have cut leading zeros.`,
      hint: 'Export again, and do not save the file in a spreadsheet; or format the column as text first.',
    },
  ];
}

function noticeOf(source: string, { lines, noun, text, ...same }: Remark): Notice {
  const { count } = lines;
  return {
    ...same,
    ...{ source, text: text(counted(count, noun)), count },
    ...(lines.lines.length === 0 ? {} : { lines: [...lines.lines] }),
  };
}

function guessedEncoding(source: string): Notice {
  return {
    code: 'encoding-guessed',
    level: 'warning',
    source,
    text: 'The file is not UTF-8. It was read as windows-1252, which is a guess.',
    hint: 'Export again as “CSV UTF-8”. Or name the encoding of a --file: --encoding windows-1252.',
  };
}

function changedCase(source: string): Notice {
  return {
    code: 'case-changed',
    level: 'warning',
    source,
    text: 'No id has a capital letter, which is unlikely. Something may have changed them to lower case, but ids are case-sensitive.',
    hint: 'Export again if the preview shows users as not found.',
  };
}

/** Returns the messages about a file after its last row. */
export function endNotices(
  path: string,
  layout: Layout,
  facts: EncodingFacts,
  tally: FileTally,
): readonly Notice[] {
  const source = sourceName(path);
  const notices = (remarks: Said): readonly Notice[] =>
    remarks.filter(({ lines }) => lines.count > 0).map((remark) => noticeOf(source, remark));
  return [
    ...notices(onOtherRecords(tally)),
    ...notices(onFaults(tally, layout)),
    ...notices(onShapes(tally, layout, facts)),
    ...(facts.source === 'guessed' ? [guessedEncoding(source)] : []),
    ...notices(onLostZeros(tally)),
    ...(tally.ids >= 5 && !tally.capitals ? [changedCase(source)] : []),
  ];
}
