import { ACTION_NAMES } from '../../../domain/plan/action.ts';
import { isTimeZone } from '../../../domain/working-hours.ts';
import { flagsOf, type Flag } from './flag.ts';

const who = flagsOf('Who');

export const WHO: readonly Flag[] = [
  {
    ...who.list(
      'file',
      'FILE',
      'users in CSV, TSV, JSON or NDJSON, also gzipped; - for standard input (repeatable)',
    ),
    formerName: 'csv',
  },
  who.text(
    'column',
    'NAME',
    'column that names the user, nested members as profile.login (found by itself if clear)',
  ),
  who.text('delimiter', 'CHAR', 'comma, semicolon, tab, pipe (found by itself)'),
  who.text('encoding', 'NAME', 'utf-8, utf-16le, utf-16be, windows-1252 (found by itself)'),
  who.list(
    'where',
    'COL=VALUE',
    'only rows of files whose column has this value (repeatable: all must)',
  ),
  who.list('keep-column', 'NAME', 'keep a column that looks as if it held secrets (repeatable)'),
  who.list('user', 'ID|LOGIN', 'one user (repeatable)'),
  who.text('search', 'EXPR', 'Okta search, e.g. \'status eq "ACTIVE"\''),
  who.text('filter', 'EXPR', 'Okta filter expression'),
  who.list('group', 'ID|NAME', 'members of a group (repeatable)'),
  who.on('all', 'every user that is not deactivated'),
  who.list('exclude', 'FILE', 'file of users never to touch (repeatable)'),
  who.list('exclude-group', 'ID|NAME', 'group never to touch (repeatable)'),
  who.text('skip', 'N', 'leave out the first N'),
  who.text('limit', 'N', 'take at most N'),
];

const what = flagsOf('What');

export const WHAT: readonly Flag[] = [
  {
    ...what.text('action', 'NAME', 'reset-password (default), temp-password, expire-password'),
    choices: ACTION_NAMES,
  },
  what.on(
    'no-send-email',
    'reset-password: Okta mails nobody; the links are sealed in secrets.jsonl',
  ),
  what.on('revoke-sessions', 'end the user’s Okta sessions too'),
  what.on('revoke-tokens', 'first end sessions and revoke OAuth tokens'),
];

const policy = flagsOf('Policy');

const AGAIN: Flag = policy.on(
  'again',
  'act also on users that another run has done already and who have not changed since',
);

export const POLICY: readonly Flag[] = [
  policy.list('include-status', 'STATUS', 'act on this status too (repeatable)'),
  policy.list(
    'include-provider',
    'TYPE',
    'act on this provider too (repeatable; converts FEDERATION and SOCIAL users!)',
  ),
  policy.on('include-admins', 'act on admins too, last'),
  policy.text('since', 'TIME', 'skip users whose password changed after TIME'),
  policy.on('no-lookup', 'act on ids without reading the users first'),
  AGAIN,
];

const guards = flagsOf('Guards');

export const GUARDS: readonly Flag[] = [
  guards.text('confirm', 'COUNT@HOST', 'consent without a prompt; must match what the plan found'),
  guards.on('yes', 'consent without a prompt, with --max-users'),
  guards.text('max-users', 'N', 'refuse to act on more than N users'),
  guards.text(
    'canary',
    'N',
    'act on N first, read them back, go on only if all took effect; resume keeps to it',
  ),
  guards.text(
    'canary-wait',
    'TIME',
    'how long the canary waits for mail scanners that open links (2m; 0: not at all)',
  ),
  guards.text('max-failures', 'N|P%', 'stop when more fail (10%, judged after 20 rows)'),
  guards.text('plan-max-age', 'TIME', 'refuse a plan older than this (24h)'),
  guards.on(
    'force-unlock',
    'take over a run that another process holds; only if you know it is dead',
  ),
];

const pace = flagsOf('Pace');

export const PACE: readonly Flag[] = [
  pace.text('concurrency', 'N', 'calls in flight at once (10)'),
  pace.text('rate-share', 'PCT', 'percent of Okta’s limit to use (90)'),
  pace.text('per-minute', 'N', 'at most N users’ calls a minute'),
  pace.text('per-hour', 'N', 'at most N users’ calls an hour (spares the help desk)'),
  pace.text('timeout', 'TIME', 'longest wait for one answer (35s)'),
  pace.text('max-retries', 'N', 'tries after the first, for faults (5)'),
  pace.text('max-duration', 'TIME', 'stop, resumable, after this long'),
  {
    ...pace.text(
      'between',
      'HH:MM-HH:MM [ZONE]',
      'send writes at these hours only; wait outside them',
    ),
    tail: isTimeZone,
  },
];

const org = flagsOf('Org');

export const ORG: readonly Flag[] = [
  org.text('org', 'URL', 'https://acme.okta.com (or OKTA_CLIENT_ORGURL)'),
  org.text('token-file', 'FILE', 'file that holds the API token (or OKTA_CLIENT_TOKEN)'),
  org.text('profile', 'NAME', 'okta.profiles.NAME of okta.yaml'),
];

const output = flagsOf('Output');

export const OUTPUT: readonly Flag[] = [
  output.on('json', 'events as NDJSON on standard output'),
  output.on('quiet', 'say only what matters', 'q'),
  output.on('verbose', 'say more; log every call to run.log', 'v'),
  output.on('no-color', 'no colours, no animation (or NO_COLOR)'),
  output.on('no-input', 'never ask; refuse instead'),
];

const secrets = flagsOf('Secrets');

export const SECRETS: readonly Flag[] = [
  secrets.list(
    'secrets-recipient',
    'age1…',
    'seal temporary passwords and links to this key (repeatable)',
  ),
  secrets.on('secrets-plaintext', 'write them in clear; whoever reads the file owns the accounts'),
];

export const OUT: Flag = output.text('out', 'DIR', 'run directory (reports/<run-id>)');

const resend = flagsOf('Resend');

const FOLLOWUP_ACTION: Flag = resend.text(
  'action',
  'NAME',
  'another action than the run’s: temp-password rescues users without e-mail',
);

/** What followup takes with --resend alone. */
export const FOLLOWUP_RESEND: readonly Flag[] = [
  resend.list(
    'only',
    'STATE',
    'link-dead, came-back (default: both), link-used, waiting, bounced, no-trace',
  ),
  FOLLOWUP_ACTION,
  { ...AGAIN, group: 'Resend' },
  ...GUARDS,
  OUT,
  ...SECRETS,
];

/** The flags of every command, with what `--json` means to this one. */
export function outputOf(json: string | undefined): readonly Flag[] {
  if (json === undefined) return OUTPUT;
  return OUTPUT.map((flag) => (flag.name === 'json' ? { ...flag, describe: json } : flag));
}

export const HELP: Flag = {
  name: 'help',
  alias: 'h',
  kind: 'switch',
  group: 'Output',
  describe: 'show this help',
};
