import { RESENDABLE } from '../../app/followup/followup-state.ts';
import { AGAIN, WHAT } from '../../config/action.ts';
import { checked, group, many, off, on, one } from '../../config/flags/flag.ts';
import { anyText, duration, filled, listOf, oneOf, whole } from '../../config/flags/kinds.ts';
import { usage } from '../../domain/codes/app-error.ts';
import { OUTCOMES } from '../../domain/row/outcome.ts';

/** Which run, if none is named. */
export const LAST = group('Who', {
  last: on(
    'last',
    'the run under reports/ that you most likely mean; asks you before anything is sent',
  ),
});

export const SAVED_PLAN = group('Who', {
  plan: one('plan', 'RUN', 'execute exactly this saved plan', anyText),
});

export const DRY_RUN = group('Guards', {
  dryRun: {
    ...on('dry-run', 'only preview, like plan: sends nothing'),
    alias: 'n',
  },
});

/** Which rows of an earlier run. */
export const ROWS = group('Who', {
  outcomes: many(
    'only',
    'OUTCOME',
    'failed, not-attempted (default: these two), unknown, skipped, succeeded',
    listOf(oneOf(OUTCOMES)),
  ),
  errors: many('error', 'CODE', 'only rows with this Okta code, such as E0000006', listOf(anyText)),
  rows: many('row', 'N', 'only this row, by its number in _row (repeatable)', listOf(whole(1))),
});

export const FOLDERS = group('Who', {
  folders: many('in', 'DIR', 'folder with runs (repeatable; reports)', anyText),
});

/** The format of a result. The first one is the default. */
const format = <const C extends string>(choices: readonly C[]) =>
  group('Output', {
    format: one(
      'format',
      'NAME',
      choices.map((word, at) => (at === 0 ? `${word} (default)` : word)).join(', '),
      oneOf(choices),
    ),
  });

export const REPORT_FORMAT = format(['text', 'json', 'csv', 'html']);
export const EXPORT_FORMAT = format(['csv', 'json', 'ndjson']);

/** Flags about seals and how they are checked. */
export const EVIDENCE = checked(
  group('Evidence', {
    seal: on('seal', 'write evidence.json: the SHA-256 of each file of the run, as it is now'),
    signKey: one(
      'sign-key',
      'FILE',
      'with --seal: sign it with this key of OpenSSH (evidence.json.sig)',
      filled,
    ),
    verify: on('verify', 'compare the run with its seal, and name what differs'),
    signers: one(
      'signers',
      'FILE',
      'with --verify: whose signature counts; a line each: name, key type, public key',
      filled,
    ),
  }),
  (flags) => {
    const { seal, verify, signKey, signers } = flags;
    if (seal && verify)
      throw usage('report takes --seal or --verify, not both.', 'Seal first, then verify.');
    if (signKey !== undefined && !seal)
      throw usage('--sign-key goes with --seal.', 'okta-reset report RUN --seal --sign-key FILE');
    if (signers !== undefined && !verify)
      throw usage('--signers goes with --verify.', 'okta-reset report RUN --verify --signers FILE');
    return flags;
  },
);

export const EXPORT = group('Output', {
  columns: one(
    'columns',
    'A,B,…',
    'columns: id, status, login, email, or any profile attribute',
    anyText,
  ),
  rockstar: on('rockstar', 'Rockstar’s columns and titles'),
});

export const WATCH = group('Output', {
  watch: on('watch', 'check again every minute until everybody is done or you press Ctrl-C'),
  everyMs: one('every', 'TIME', 'with --watch: how often to check (60s)', duration),
});

export const LINKS = group('Policy', {
  linkLifetimeMs: one(
    'link-lifetime',
    'TIME',
    'how long a reset link is valid (read from the password policy, or 1h)',
    duration,
  ),
});

export const RESEND = group('Resend', {
  resend: on('resend', 'plan a run over the users who need it, preview, ask, execute'),
  states: many(
    'only',
    'STATE',
    `link-dead, came-back (default: both), ${RESENDABLE.slice(2).join(', ')}`,
    listOf(oneOf(RESENDABLE)),
  ),
  action: {
    ...WHAT.flags.action,
    describe: 'a different action than the run’s: temp-password helps users without email',
  },
  again: AGAIN,
});

export const KEY_FILE = group('Secrets', {
  out: one('out', 'FILE', 'new file for the key (mode 600); its public key is printed', anyText),
});

export const OPENED = group('Secrets', {
  identities: many(
    'identity',
    'FILE',
    'key file from secrets keygen (repeatable); not needed after --secrets-plaintext',
    anyText,
  ),
  out: one('out', 'FILE', 'write to a new file that only you can read (mode 600)', anyText),
  show: on('show', 'allow showing them on a terminal'),
});

export const CONSOLE = group('Console', {
  port: one('port', 'N', 'port on 127.0.0.1 and ::1 (any free one)', whole(0, 65_535)),
  browser: off('no-open', 'print the link and do not open a browser'),
  identities: {
    ...OPENED.flags.identities,
    describe:
      'key file to show temporary passwords and links with, one at a time (repeatable); it never leaves this process',
  },
});
