import type { WhoCanFix } from './error-entry.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/** What one of our own codes means, who can fix it, and how. */
export interface AppErrorEntry {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly meaning: string;
  readonly who: WhoCanFix;
  readonly how: string;
}

type Told = readonly [exitCode: ExitCode, meaning: string, how: string, who?: WhoCanFix];

const TOLD = {
  USAGE: [
    EXIT.usage,
    'The command line has a mistake.',
    'The message names the flag. okta-reset COMMAND --help lists all flags.',
  ],
  CONFIG_ORG_URL: [
    EXIT.usage,
    'The org URL is missing or is not a web address.',
    'Pass --org https://acme.okta.com, or set OKTA_CLIENT_ORGURL.',
  ],
  CONFIG_ORG_INSECURE: [
    EXIT.usage,
    'Plain http would send the credential unencrypted.',
    'Use https. http is accepted only for a sandbox on this machine.',
  ],
  CONFIG_CREDENTIALS: [
    EXIT.usage,
    'The credential is missing or malformed, or belongs to another org.',
    'Set OKTA_CLIENT_TOKEN, or pass --token-file FILE: a file of mode 600 that contains only the token.',
  ],
  CONFIG_TLS: [
    EXIT.usage,
    'Node is told not to check certificates, so somebody between you and Okta could read the credential.',
    'Unset NODE_TLS_REJECT_UNAUTHORIZED. If a proxy inspects TLS, name its certificate in NODE_EXTRA_CA_CERTS.',
  ],
  CONFIG_FILE: [
    EXIT.usage,
    'A configuration file cannot be read, or does not have the profile.',
    'Fix the YAML at the line in the message, or move the file away and use the environment.',
  ],
  SECRETS_NO_PLACE: [
    EXIT.usage,
    'The action creates temporary passwords or links, and no safe place for them is set.',
    'Make a key with okta-reset secrets keygen and pass --secrets-recipient.',
  ],
  SECRETS_IDENTITY: [
    EXIT.usage,
    'The key cannot open or encrypt these secrets.',
    'Use the key file whose recipient was named for the run.',
  ],
  INPUT_UNREADABLE: [
    EXIT.input,
    'An input file cannot be read.',
    'Check the path and the permissions.',
  ],
  INPUT_EMPTY: [
    EXIT.input,
    'An input file has no rows.',
    'Export it again. A filter may have left nothing.',
  ],
  INPUT_ENCODING: [
    EXIT.input,
    'The encoding of a file is not recognized.',
    'Save it as “CSV UTF-8”, or name its --encoding.',
  ],
  INPUT_CSV: [
    EXIT.input,
    'A file is not well-formed CSV.',
    'Look at the line in the message. Often a quote is not closed.',
  ],
  INPUT_JSON: [
    EXIT.input,
    'A file is not a list of users in JSON.',
    'Give an array of objects, or one object per line. The message has the position of the first one that cannot be read.',
  ],
  INPUT_WORKBOOK: [
    EXIT.input,
    'A workbook cannot be read: it is old, protected or damaged, or far too large when unpacked.',
    'Save it as “CSV UTF-8”, or as an Excel workbook (.xlsx) without a password.',
  ],
  INPUT_SHEET: [
    EXIT.input,
    'A workbook has several sheets that are not empty, or no sheet with the name from --sheet.',
    'Name the sheet with the users: --sheet "NAME".',
  ],
  INPUT_COLUMN_MISSING: [
    EXIT.input,
    'No column of the file is known to contain users.',
    'Name the column: --column "NAME".',
  ],
  INPUT_COLUMN_AMBIGUOUS: [
    EXIT.input,
    'Several columns could contain the users. A guess could reset the wrong ones.',
    'Name the right one: --column "NAME".',
  ],
  INPUT_WRONG_OBJECTS: [
    EXIT.input,
    'The file lists groups, devices or apps, not users.',
    'Export users: okta-reset users, or Rockstar’s Export Users.',
  ],
  INPUT_GROUP: [
    EXIT.input,
    'No group has that name, or several groups have it.',
    'Give the group’s id (00g…).',
  ],
  INPUT_QUERY: [
    EXIT.input,
    'Okta refuses the --search or --filter expression.',
    'Check quotes and attribute names. --search has no operator “ne”.',
  ],
  INPUT_NOTHING_SELECTED: [
    EXIT.input,
    'The selection is empty.',
    'Check --where, --skip, --limit and the group; for a rerun, --only and --error.',
  ],
  RUN_NOT_FOUND: [
    EXIT.input,
    'There is no such run directory.',
    'okta-reset runs lists the runs under reports/. With --in DIR it lists those elsewhere.',
  ],
  RUN_AMBIGUOUS: [
    EXIT.usage,
    '--last could mean several runs, and there is no terminal to ask in.',
    'Name the run. okta-reset runs lists them.',
  ],
  RUN_EXISTS: [
    EXIT.usage,
    'The run directory exists already, and a run never overwrites another one.',
    'Choose another --out, or resume the run that is there.',
  ],
  RUN_DAMAGED: [
    EXIT.input,
    'A file of the run is damaged, missing, or was edited.',
    'Restore the file from a copy of the run directory. If the journal is damaged, okta-reset report RUN shows what comes before the damage. Check the users after it in Okta.',
  ],
  FILE_NOT_YOURS: [
    EXIT.refused,
    'A file or folder must be your own, and is not. It is a link or a pipe, has a second name, belongs to somebody else, or others can write to it. Somebody else could have changed it.',
    'Fix what the message names. To continue a colleague’s run, copy its folder. To close your own folder to others: chmod go-w FOLDER',
  ],
  RUN_LOCKED: [
    EXIT.refused,
    'Another process is working on this run.',
    'Wait for it. If you are sure that it has ended: --force-unlock. In Kubernetes, on a ReadWriteOncePod volume: --exclusive-volume.',
  ],
  ORG_IN_USE: [
    EXIT.refused,
    'Another of your runs, or one from the same folder, is acting on this org. Two at once could act on the same people.',
    'Wait for it, then run the command again. If you are sure that its process has ended: --force-unlock.',
  ],
  CONSOLE_OPEN: [
    EXIT.refused,
    'You already have a console open in this folder.',
    'Press Enter in its terminal for a new link to it, or end it there with Ctrl-C.',
  ],
  RUN_HANDED_OVER: [
    EXIT.refused,
    'A rerun has taken up the rows that this run left. So that nobody is reset twice, this run does not continue with them.',
    'Continue the rerun instead; the message names its command.',
  ],
  RUN_UNSETTLED: [
    EXIT.refused,
    'The run was cut off during calls to Okta, and it has not been checked yet whether they took effect.',
    'Resume the run: it checks first. A rerun could reset people twice.',
  ],
  RUN_FORMAT: [
    EXIT.input,
    'The run was written by another version of okta-reset.',
    'Use the version in run.json (toolVersion).',
  ],
  EVIDENCE_MISSING: [
    EXIT.input,
    'The run has no seal, or none that can be read.',
    'okta-reset report RUN --seal makes one. If there was one, restore a copy of it.',
  ],
  EVIDENCE_DIFFERS: [
    EXIT.input,
    'The run has changed since it was sealed: a file was changed, removed or added.',
    'The report names each file, and the row where the journal breaks. Compare the folder with a copy from before.',
  ],
  EVIDENCE_SIGNATURE: [
    EXIT.input,
    'The signature of the seal is missing, broken, or by a key that the file of signers does not name.',
    'Do not rely on the seal. Ask who sealed the run for the public key, and put that into the file of signers yourself.',
  ],
  SIGN_PROGRAM: [
    EXIT.usage,
    'Signing and checking signatures needs ssh-keygen of OpenSSH 8.2 or later, and there is none that works.',
    'Install or update OpenSSH. A seal without a signature needs none: leave --sign-key out.',
  ],
  SIGN_KEY: [
    EXIT.usage,
    'The key cannot sign: it is missing, is not an OpenSSH key, can be read by others, or has a passphrase that nobody can type.',
    'Name a private key, or the public half of one that your agent holds: --sign-key FILE.',
  ],
  PLAN_CHANGED: [
    EXIT.refused,
    'The plan is not the one that was previewed, or run.json and the plan do not agree.',
    'Make a new plan.',
  ],
  PLAN_EXPIRED: [
    EXIT.refused,
    'The plan is too old: users may have changed since.',
    'Make a new plan, or accept its age with --plan-max-age 48h.',
  ],
  PLAN_OVERTAKEN: [
    EXIT.refused,
    'The plan takes rows of an earlier run, and that run has continued since. It may have reset the same users.',
    'Make a new rerun.',
  ],
  PLAN_OTHER_ORG: [
    EXIT.refused,
    'The plan was made for another org.',
    'Use --org with the org of the plan.',
  ],
  CONFIRM_MISSING: [
    EXIT.refused,
    'The run needs your consent, and there is neither a terminal to ask in nor a flag. A run that you resume also asks if your consent is not saved on this machine.',
    'Pass --confirm COUNT@HOST, or --yes --max-users N.',
  ],
  CONFIRM_MISMATCH: [
    EXIT.refused,
    'The confirmed number or host is not what the plan found.',
    'Read the preview again, and confirm its count and host.',
  ],
  CONFIRM_OTHER_PLAN: [
    EXIT.refused,
    'The consent is for the digest of another plan. This one was made again or swapped, or the wrong run was named.',
    'Execute the plan that was previewed (run --plan RUN), or preview this one and confirm its digest.',
  ],
  MAX_USERS_EXCEEDED: [
    EXIT.refused,
    'The plan would act on more users than --max-users allows.',
    'Select fewer users, or raise the limit.',
  ],
  PROTECTION_UNREAD: [
    EXIT.refused,
    'A list of people to leave alone could not be read completely: admins, excluded groups, or the owner of the credential. Somebody on it might be acted on.',
    'Use a credential that can read it, or run in a terminal without --yes and --confirm: it asks there. --include-admins gives up only the list of admins.',
  ],
  AUTH_REJECTED: [
    EXIT.auth,
    'The org does not accept the credential.',
    'Make a new token, then resume. Nothing is lost.',
    'a super admin',
  ],
  AUTH_PERMISSION: [
    EXIT.auth,
    'The credential lacks a role or scope.',
    'To see which: okta-reset doctor',
    'a super admin',
  ],
  ORG_UNREACHABLE: [
    EXIT.incomplete,
    'The org does not answer.',
    'Check the network, the proxy and the URL, then resume.',
    'your network team',
  ],
  ORG_ANSWER: [
    EXIT.incomplete,
    'The answer is not a valid answer of Okta, or Okta had an error.',
    'Try again in a few minutes. Check whether a proxy answers instead of Okta.',
    'your network team',
  ],
  DISK: [
    EXIT.incomplete,
    'The disk cannot store the record of the run, so nothing more is sent. Before a plan exists, the exit code is 2 and there is nothing to resume.',
    'Make room, then resume. Before a plan exists: run the command again, or with another --out.',
  ],
  INTERRUPTED: [
    EXIT.sigint,
    'Stopped by a signal before anything was sent.',
    'Run the command again.',
  ],
  INTERNAL: [
    EXIT.internal,
    'A bug in okta-reset.',
    'What was done is recorded, and resume continues. Report the bug with the output of -v.',
    'our maintainers',
  ],
} as const satisfies Readonly<Record<string, Told>>;

/** Our error codes, which `okta-reset explain` prints. */
export type AppErrorCode = keyof typeof TOLD;

/** The exit code after an error of this code. */
export const exitCodeOf = (code: AppErrorCode): ExitCode => TOLD[code][0];

/** Our codes, in the order of the catalog. */
export const APP_ERROR_ENTRIES: readonly AppErrorEntry[] = Object.entries<Told>(TOLD).map(
  ([code, [exitCode, meaning, how, who = 'you']]) => ({ code, exitCode, meaning, how, who }),
);
