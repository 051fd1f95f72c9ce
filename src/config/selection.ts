import { usage, wholeNumber } from './option.ts';
import type { SelectionFlags } from './flags.ts';

export interface WhereClause {
  readonly column: string;
  readonly value: string;
}

/** Who: a union of sources, in this order, and what is taken away from them. */
export interface SelectionConfig {
  readonly files: readonly string[];
  readonly column: string | undefined;
  readonly delimiter: string | undefined;
  readonly encoding: string | undefined;
  readonly where: readonly WhereClause[];
  /** Columns that are kept although their titles say that they hold secrets. */
  readonly keepColumns: readonly string[];
  readonly users: readonly string[];
  readonly search: string | undefined;
  readonly filter: string | undefined;
  readonly groups: readonly string[];
  readonly all: boolean;
  readonly excludeFiles: readonly string[];
  readonly excludeGroups: readonly string[];
  readonly skip: number;
  readonly limit: number | undefined;
  /** The flags as a person would type them, for report and run.json. */
  readonly asTyped: readonly string[];
}

const DELIMITERS: Readonly<Record<string, string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  '\\t': '\t',
  pipe: '|',
};
const ENCODINGS = [
  'utf-8',
  'utf8',
  'utf-16le',
  'utf-16be',
  'utf16le',
  'utf16be',
  'windows-1252',
  'latin1',
  'iso-8859-1',
];

function whereClause(text: string): WhereClause {
  const at = text.indexOf('=');
  if (at < 1)
    throw usage(`--where takes column=value, not “${text}”.`, 'Example: --where Status=ACTIVE');
  return { column: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

function asTyped(flags: SelectionFlags): readonly string[] {
  const one = (flag: string, value: string | undefined) =>
    value === undefined ? [] : [`--${flag}`, value];
  const many = (flag: string, values: readonly string[]) =>
    values.flatMap((value) => [`--${flag}`, value]);
  return [
    ...many('file', flags.files),
    ...one('column', flags.column),
    ...one('delimiter', flags.delimiter),
    ...one('encoding', flags.encoding),
    ...many('where', flags.where),
    ...many('keep-column', flags.keepColumn),
    ...many('user', flags.user),
    ...one('search', flags.search),
    ...one('filter', flags.filter),
    ...many('group', flags.group),
    ...(flags.all ? ['--all'] : []),
    ...many('exclude', flags.exclude),
    ...many('exclude-group', flags.excludeGroup),
    ...one('skip', flags.skip),
    ...one('limit', flags.limit),
  ];
}

/** Refuses what says how to read `--file` where there is none: it would do nothing, and nobody would notice. */
function refuseStray(flags: SelectionFlags): void {
  if (flags.files.length > 0) return;
  const stray = (['column', 'delimiter', 'encoding', 'where', 'keepColumn'] as const).find(
    (flag) => {
      const value = flags[flag];
      return value !== undefined && value.length > 0;
    },
  );
  if (stray === undefined) return;
  throw usage(
    `--${stray === 'keepColumn' ? 'keep-column' : stray} belongs to --file, and no --file is given.`,
    flags.exclude.length > 0 && stray !== 'where'
      ? 'A file of --exclude is recognised by its header: put a line such as Login or id above the users, and save it as CSV UTF-8.'
      : 'Drop it, or name the file: --file FILE.',
  );
}

/** Checks the selection flags. Rejects with USAGE, also when they name nobody. */
export function resolveSelection(flags: SelectionFlags): SelectionConfig {
  const sources = flags.files.length + flags.user.length + flags.group.length;
  if (sources === 0 && flags.search === undefined && flags.filter === undefined && !flags.all) {
    throw usage(
      'No users are named.',
      'Give at least one of --file FILE, --user ID, --group NAME, --search EXPR, --filter EXPR, --all.',
    );
  }
  refuseStray(flags);
  for (const [flag, value] of [
    ['search', flags.search],
    ['filter', flags.filter],
    ...flags.files.map((path) => ['file', path] as const),
    ...flags.user.map((user) => ['user', user] as const),
    ...flags.group.map((group) => ['group', group] as const),
  ] as const) {
    if (value?.trim() === '')
      throw usage(
        `--${flag} is empty.`,
        'An empty shell variable? Nothing was selected, and nothing is guessed.',
      );
  }
  const delimiter =
    flags.delimiter === undefined ? undefined : (DELIMITERS[flags.delimiter] ?? flags.delimiter);
  if (delimiter !== undefined && delimiter.length !== 1) {
    throw usage(
      `--delimiter takes one character, not “${delimiter}”.`,
      'Use comma, semicolon, tab, pipe, or the character itself.',
    );
  }
  const encoding = flags.encoding?.toLowerCase();
  if (encoding !== undefined && !ENCODINGS.includes(encoding)) {
    throw usage(`--encoding does not know “${encoding}”.`, `It knows ${ENCODINGS.join(', ')}.`);
  }
  if (flags.files.filter((path) => path === '-').length > 1) {
    throw usage('Standard input can be read once only.', 'Give --file - once.');
  }
  return {
    files: flags.files,
    column: flags.column,
    delimiter,
    encoding,
    where: flags.where.map(whereClause),
    keepColumns: flags.keepColumn,
    users: flags.user.map((user) => user.trim()),
    search: flags.search,
    filter: flags.filter,
    groups: flags.group.map((group) => group.trim()),
    all: flags.all,
    excludeFiles: flags.exclude,
    excludeGroups: flags.excludeGroup,
    skip: wholeNumber('skip', flags.skip, 0) ?? 0,
    limit: wholeNumber('limit', flags.limit, 1),
    asTyped: asTyped(flags),
  };
}
