import { usage } from '../domain/codes/app-error.ts';
import { parseWhere, type Where } from '../domain/row/where.ts';
import { group, many, on, one, typed, type Given } from './flags/flag.ts';
import { anyText, filled, into, moment, oneOf, whole, type Kind } from './flags/kinds.ts';

const DELIMITERS: Readonly<Record<string, string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  '\\t': '\t',
  pipe: '|',
};

const delimiter: Kind<string> = {
  parse: (text, flag) => {
    const character = DELIMITERS[text] ?? text;
    if (character.length === 1) return character;
    throw usage(
      `--${flag} takes one character, not “${character}”.`,
      'Use comma, semicolon, tab, pipe, or the character itself.',
    );
  },
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

const encoding: Kind<string> = {
  parse: (text, flag) => {
    const name = text.toLowerCase();
    if (ENCODINGS.includes(name)) return name;
    throw usage(`--${flag} does not know “${name}”.`, `It knows ${ENCODINGS.join(', ')}.`);
  },
};

const whereClause: Kind<Where> = {
  parse: (text, flag) => {
    const where = parseWhere(text);
    if (where !== undefined) return where;
    throw usage(
      `--${flag} takes a column and what its cell must be, not “${text}”.`,
      `Examples: --${flag} Status=ACTIVE, --${flag} 'Status!=ACTIVE', --${flag} 'Department~sales', --${flag} 'Status in ACTIVE,LOCKED_OUT'`,
    );
  },
};

const trimmed = into(filled, (text) => text.trim());

/** How to read a file of users. */
const READING = {
  sheet: one('sheet', 'NAME', 'sheet of a workbook (the only one that is not empty)', filled),
  column: one(
    'column',
    'NAME',
    'column that names the user, nested members as profile.login (found by its title)',
    anyText,
  ),
  delimiter: one('delimiter', 'CHAR', 'comma, semicolon, tab, pipe (detected)', delimiter),
  encoding: one('encoding', 'NAME', 'utf-8, utf-16le, utf-16be, windows-1252 (detected)', encoding),
  where: many(
    'where',
    'COND',
    "only rows where COL=VALUE, COL!=VALUE, COL~PART or 'COL in A,B' (repeatable: all must hold)",
    whereClause,
  ),
  /** Columns that are kept although their titles say that they contain secrets. */
  keepColumns: many(
    'keep-column',
    'NAME',
    'keep a column that looks as if it contains secrets (repeatable)',
    anyText,
  ),
};

/** The sources that name users. */
const SOURCES = {
  users: many('user', 'ID|LOGIN', 'one user (repeatable)', trimmed),
  search: one('search', 'EXPR', 'Okta search, such as \'status eq "ACTIVE"\'', filled),
  filter: one('filter', 'EXPR', 'Okta filter expression', filled),
  groups: many('group', 'ID|NAME', 'members of a group (repeatable)', trimmed),
  log: one(
    'log',
    'EXPR',
    'users in System Log events, such as \'eventType eq "user.mfa.okta_verify.deny_push"\'',
    filled,
  ),
  all: on('all', 'every user who is not deactivated'),
};

/** Which events of `--log` to read, and which of their users to select. */
const LOG = {
  logSince: one(
    'log-since',
    'TIME',
    'events from this time on (7 days before the end; Okta keeps 90 days)',
    moment,
  ),
  logUntil: one('log-until', 'TIME', 'events before this time (now)', moment),
  logWho: one(
    'log-who',
    'WHO',
    'target: the user it was done to (default), or actor: the user who did it',
    oneOf(['target', 'actor']),
    'target' as const,
  ),
};

const FLAGS = group('Who', {
  files: {
    ...many(
      'file',
      'FILE',
      'users in CSV, TSV, JSON, NDJSON or XLSX, also gzipped; - for standard input (repeatable)',
      filled,
    ),
    formerName: 'csv',
  },
  ...READING,
  ...SOURCES,
  ...LOG,
  excludeFiles: many('exclude', 'FILE', 'file of users to leave alone (repeatable)', anyText),
  excludeGroups: many('exclude-group', 'ID|NAME', 'group to leave alone (repeatable)', anyText),
  skip: one('skip', 'N', 'leave out the first N users', whole(0), 0),
  limit: one('limit', 'N', 'take at most N users', whole(1)),
});

/** Refuses flags about reading `--file` if there is no file, because they would have no effect and nobody would notice. */
function refuseStray(given: Given): void {
  const hasLog = given.has(SOURCES.log.name);
  const strayLog = Object.values(LOG).find(({ name }) => given.has(name));
  if (strayLog !== undefined && !hasLog) {
    throw usage(
      `--${strayLog.name} works only with --log.`,
      'Leave it out, or choose events: --log EXPR.',
    );
  }
  const stray = Object.values(READING).find(
    (flag) => given.has(flag.name) && !(hasLog && flag === READING.where),
  );
  if (stray === undefined || given.has(FLAGS.flags.files.name)) return;
  throw usage(
    `--${stray.name} works only with --file.`,
    given.has(FLAGS.flags.excludeFiles.name) && stray !== READING.where
      ? 'The column of an --exclude file is found by its header: put a line such as Login or id above the users, and save it as CSV UTF-8.'
      : 'Leave it out, or name the file: --file FILE.',
  );
}

/** Which users to act on: a union of sources, in this order, and what is removed from them. */
export const WHO = {
  ...FLAGS,
  read: (given: Given) => {
    refuseStray(given);
    const selection = FLAGS.read(given);
    if (selection.files.filter((path) => path === '-').length > 1)
      throw usage('Standard input can be read only once.', 'Give --file - once.');
    /** The flags as a person would type them, for report and run.json. */
    return { ...selection, asTyped: typed(Object.values(FLAGS.flags), given) };
  },
};

export type SelectionConfig = ReturnType<typeof WHO.read>;

/** Refuses flags that name nobody. Throws USAGE. */
export function refuseNobody(given: Given): void {
  if ([FLAGS.flags.files, ...Object.values(SOURCES)].some(({ name }) => given.has(name))) return;
  throw usage(
    'No users are chosen.',
    'Use at least one of --file FILE, --user ID, --group NAME, --search EXPR, --filter EXPR, --log EXPR, --all.',
  );
}
