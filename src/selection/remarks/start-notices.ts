import type { EncodingFacts } from '../bytes/encoding.ts';
import { ONE_COLUMN } from '../layout/dialect.ts';
import { findColumns } from '../layout/header.ts';
import { quoted, sourceName } from '../input-error.ts';
import type { Layout } from '../layout/layout.ts';
import { counted, type Notice } from './notice.ts';
import type { FilePorts } from '../selection.ts';

const DELIMITER_NAMES: Readonly<Record<string, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'pipe',
};
/** Names for people of what a column of users contains. */
export const KIND_NAMES = {
  id: 'user ids',
  login: 'logins',
  email: 'email addresses',
  any: 'users',
};
const DAY_MS = 86_400_000;
const FRESH_DAYS = 2;

/** Explains why other columns that could name users were not chosen. */
function passedOverText({ key, passedOver }: Layout): string {
  if (passedOver.length === 0) return 'the only column known to contain users';
  const listed = (names: readonly { readonly name: string }[]) =>
    names.map(({ name }) => quoted(name)).join(', ');
  // A column of the same or a higher rank is passed over only if it has no user’s id.
  const foreign = passedOver.filter(
    ({ kind }) => kind === 'id' || (kind === 'any' && key.kind !== 'id'),
  );
  const lower = passedOver.filter((other) => !foreign.includes(other));
  return [
    ...(foreign.length === 0 ? [] : [`${listed(foreign)} has no Okta user ids`]),
    ...(lower.length === 0 ? [] : [`before ${listed(lower)}: id before login before email`]),
  ].join('; ');
}

function columnText(layout: Layout, facts: EncodingFacts): string {
  const { key, dialect } = layout;
  const why = layout.keyIsDeclared
    ? 'named by --column'
    : layout.results !== undefined
      ? 'a results file'
      : layout.headerRecord === undefined && layout.header !== 'members'
        ? 'the first line has a user id there'
        : passedOverText(layout);
  const { delimiter } = dialect;
  const cells =
    layout.sheet !== undefined
      ? `Sheet ${quoted(layout.sheet)}`
      : layout.header === 'members'
        ? 'JSON'
        : delimiter === ONE_COLUMN
          ? 'One column'
          : `Delimiter ${DELIMITER_NAMES[delimiter] ?? quoted(delimiter)}`;
  return `Users by column ${quoted(key.name)}, as ${KIND_NAMES[key.kind]} (${why}). ${cells}, ${facts.name}.`;
}

/** Returns when an export was made, from its name: Rockstar's `Export Users 2026-03-01 09-30-00.csv`. */
function exportedMs(path: string): number | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const match = /(\d{4}-\d{2}-\d{2})(?:[ T_](\d{2})-(\d{2})-(\d{2}))?/.exec(name);
  if (match === null) return undefined;
  const [, day = '', hour = '00', minute = '00', second = '00'] = match;
  const ms = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

const MOST_NAMES = 20;

function leftOutNotices(source: string, layout: Layout): readonly Notice[] {
  const notices: Notice[] = [];
  const { names, leftOut, headerRecord, keep } = layout;
  if (headerRecord === undefined && layout.header !== 'members' && leftOut.size > 0) {
    notices.push({
      code: 'left-out',
      level: 'warning',
      source,
      text: 'Only the column of users is kept: without a header, the other columns could contain passwords.',
      hint: 'To keep them, add a header line.',
    });
  } else if (leftOut.size > 0) {
    const titles = [...leftOut].map((index) => quoted(names[index] ?? `Column ${index + 1}`));
    const more = titles.length > MOST_NAMES ? ` and ${titles.length - MOST_NAMES} more` : '';
    notices.push({
      code: 'left-out',
      level: 'warning',
      source,
      text: `${counted(leftOut.size, 'column')} may contain passwords or other secrets and ${leftOut.size === 1 ? 'is' : 'are'} left out, here and in every report: ${titles.slice(0, MOST_NAMES).join(', ')}${more}.`,
      hint: 'If one has no secrets: --keep-column NAME',
    });
  }
  const unknown = keep.filter((name) => findColumns(names, name).length === 0);
  if (unknown.length > 0) {
    notices.push({
      code: 'left-out',
      level: 'warning',
      source,
      text: `--keep-column names no column of this file: ${unknown.map(quoted).join(', ')}.`,
    });
  }
  return notices;
}

/** The message about what is uncertain in a header. */
function headerNotices(source: string, layout: Layout): readonly Notice[] {
  if (layout.headerRecord === undefined && layout.header !== 'members') {
    return [
      {
        code: 'no-header',
        level: 'warning',
        source,
        text: 'The file has no header; its first line is taken as a row.',
        hint: 'Add a header line such as User Id to be certain.',
      },
    ];
  }
  switch (layout.header) {
    case 'sound':
    case 'members':
      return [];
    case 'unknown':
      return [
        {
          code: 'unknown-titles',
          level: 'warning',
          source,
          text: `The first line is taken as titles, not as a row: ${quoted(layout.key.name)} is not in the selection.`,
          hint: 'If it is a user: put a line such as Login above it.',
        },
      ];
    case 'joined':
      return [
        {
          code: 'shifted-header',
          level: 'info',
          source,
          text: 'A title with an unquoted comma was put together again, so that the header fits its rows.',
        },
      ];
    case 'uncertain':
      return [
        {
          code: 'shifted-header',
          level: 'warning',
          source,
          text: 'The header has more titles than its rows have cells: titles may be over the wrong columns. User ids are recognized by their shape.',
          hint: 'Put quotes around the title that contains a comma.',
        },
      ];
    default: {
      const never: never = layout.header;
      return never;
    }
  }
}

/** Returns the messages about a file before its first row. */
export function startNotices(
  path: string,
  layout: Layout,
  facts: EncodingFacts,
  ports: Pick<FilePorts, 'nowMs'>,
): readonly Notice[] {
  const source = sourceName(path);
  const notices: Notice[] = [
    { code: 'column', level: 'info', source, text: columnText(layout, facts) },
  ];
  notices.push(...leftOutNotices(source, layout));
  if (layout.results !== undefined) {
    notices.push({
      code: 'results-file',
      level: 'info',
      source,
      text: 'This is a results file of okta-reset: users are taken from _user_id, and its own columns are left out.',
      hint: 'To choose rows by outcome: okta-reset rerun FILE --only failed,unknown',
    });
  }
  notices.push(...headerNotices(source, layout));
  const madeMs = exportedMs(path);
  const nowMs = ports.nowMs?.();
  if (madeMs !== undefined && nowMs !== undefined && nowMs - madeMs >= FRESH_DAYS * DAY_MS) {
    notices.push({
      code: 'stale-export',
      level: 'warning',
      source,
      text: `According to its name, the export is ${counted(Math.floor((nowMs - madeMs) / DAY_MS), 'day')} old. Live state is read before anything is sent, but users created since are not in the file.`,
      hint: 'Export again, or select live: --search, --group or --all.',
    });
  }
  return notices;
}
