import type { Mender } from './error-entry.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/** What one of our own codes means, who can fix it, and how. */
export interface AppErrorEntry {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly meaning: string;
  readonly who: Mender;
  readonly how: string;
}

type Told = readonly [exitCode: ExitCode, meaning: string, how: string, who?: Mender];

const TOLD = {
  USAGE: [
    EXIT.usage,
    'The command line is not one this tool understands.',
    'The message names the flag; okta-reset COMMAND --help lists them all.',
  ],
  CONFIG_ORG_URL: [
    EXIT.usage,
    'The org URL is missing or no web address.',
    'Pass --org https://acme.okta.com or set OKTA_CLIENT_ORGURL.',
  ],
  CONFIG_ORG_INSECURE: [
    EXIT.usage,
    'Plain http would send the credential in clear.',
    'Use https. http is accepted for a sandbox on this machine alone.',
  ],
  CONFIG_CREDENTIALS: [
    EXIT.usage,
    'The credential is missing, malformed, or does not belong to the org that is named.',
    'Set OKTA_CLIENT_TOKEN, or pass --token-file FILE with the token alone in it, mode 600.',
  ],
  CONFIG_TLS: [
    EXIT.usage,
    'The check of certificates is switched off for all of Node, so the credential could go to anybody in between.',
    'Unset NODE_TLS_REJECT_UNAUTHORIZED; name the certificate of a proxy in NODE_EXTRA_CA_CERTS.',
  ],
  CONFIG_FILE: [
    EXIT.usage,
    'A configuration file cannot be read, or lacks the profile that was named.',
    'Fix the YAML at the line that the message names, or move the file away and use the environment.',
  ],
  SECRETS_NO_PLACE: [
    EXIT.usage,
    'The action brings back temporary passwords or links, and nobody said where to keep them.',
    'Make a key with okta-reset secrets keygen and pass --secrets-recipient.',
  ],
  SECRETS_IDENTITY: [
    EXIT.usage,
    'The key given cannot open, or seal, these secrets.',
    'Use the identity file whose recipient the run was given.',
  ],
  INPUT_UNREADABLE: [EXIT.input, 'An input file cannot be read.', 'Check path and permissions.'],
  INPUT_EMPTY: [
    EXIT.input,
    'An input file holds no rows.',
    'Export it again; a filter may have left nothing.',
  ],
  INPUT_ENCODING: [
    EXIT.input,
    'The bytes of a file are not text in any encoding recognised.',
    'Save it as “CSV UTF-8”, or name its --encoding.',
  ],
  INPUT_CSV: [
    EXIT.input,
    'A file is not well-formed CSV.',
    'The message names the line. Often a quote is not closed.',
  ],
  INPUT_JSON: [
    EXIT.input,
    'A file is not a list of users in JSON.',
    'Give an array of objects, or one object per line; the message names the position of the first that cannot be read.',
  ],
  INPUT_WORKBOOK: [
    EXIT.input,
    'A file is no workbook that can be read: an old or protected one, a damaged one, or one that unpacks to far more than a list of users does.',
    'Save it as “CSV UTF-8”, or as an Excel workbook (.xlsx) without a password.',
  ],
  INPUT_SHEET: [
    EXIT.input,
    'A workbook has several sheets that are not empty, or none of the name that --sheet gives.',
    'Name the one with the users: --sheet "NAME".',
  ],
  INPUT_COLUMN_MISSING: [
    EXIT.input,
    'No column of the file names users.',
    'Name it: --column "NAME".',
  ],
  INPUT_COLUMN_AMBIGUOUS: [
    EXIT.input,
    'Several columns could name the users, and guessing could reset the wrong ones.',
    'Name the right one: --column "NAME".',
  ],
  INPUT_WRONG_OBJECTS: [
    EXIT.input,
    'The file lists groups, devices or apps, not users.',
    'Export users: okta-reset users, or Rockstar’s Export Users.',
  ],
  INPUT_GROUP: [
    EXIT.input,
    'No group has that name, or several have.',
    'Give the group’s id (00g…).',
  ],
  INPUT_QUERY: [
    EXIT.input,
    'Okta refuses the --search or --filter expression.',
    'Check quotes and attribute names; search knows no “ne”.',
  ],
  INPUT_NOTHING_SELECTED: [
    EXIT.input,
    'The selection is empty.',
    'Check --where, --skip, --limit and the group; for a rerun, --only and --error.',
  ],
  RUN_NOT_FOUND: [
    EXIT.input,
    'There is no such run directory.',
    'okta-reset runs lists what lies under reports/, and --in DIR what lies elsewhere.',
  ],
  RUN_AMBIGUOUS: [
    EXIT.usage,
    '--last could mean several runs, and nobody can be asked which.',
    'Name the run. okta-reset runs lists them.',
  ],
  RUN_EXISTS: [
    EXIT.usage,
    'The run directory exists already, and a run is never written over.',
    'Choose another --out, or resume the run that is there.',
  ],
  RUN_DAMAGED: [
    EXIT.input,
    'A file of the run is damaged or was edited.',
    'okta-reset report shows what stands before the damage; check the users after it in Okta.',
  ],
  FILE_NOT_YOURS: [
    EXIT.refused,
    'Something that must be a file or folder of your own is a link, a pipe, has a second name, belongs to somebody else, or can be written to by others. What stands there could be somebody else’s doing, or what is written there could reach them.',
    'The message says what is wrong. Take over the run of a colleague by copying its folder; close your own to others with chmod go-w.',
  ],
  RUN_LOCKED: [
    EXIT.refused,
    'Another process works on this run.',
    'Wait for it. If it is surely dead: --force-unlock.',
  ],
  ORG_IN_USE: [
    EXIT.refused,
    'Another run of yours, or one from the same folder, is acting on this org. Two at once could act on the same people.',
    'Wait for it, then run the command again. If its process is surely dead: --force-unlock.',
  ],
  CONSOLE_OPEN: [
    EXIT.refused,
    'A console of yours is open in this folder already.',
    'Press Enter in its terminal for a new link to it, or end it there with Ctrl-C.',
  ],
  RUN_HANDED_OVER: [
    EXIT.refused,
    'A rerun has taken up the rows that this run left, so it does not go on with them: nobody is reset twice.',
    'Continue the rerun instead; the message names its command.',
  ],
  RUN_UNSETTLED: [
    EXIT.refused,
    'The run was cut off while calls were at Okta, and nobody has looked yet whether they took effect.',
    'Resume the run: it looks first. A rerun would reset people a second time.',
  ],
  RUN_FORMAT: [
    EXIT.input,
    'The run was written by another version of this tool.',
    'Use the version that run.json names.',
  ],
  EVIDENCE_MISSING: [
    EXIT.input,
    'The run has no seal, or none that can be read.',
    'okta-reset report RUN --seal makes one. If there was one, put back the copy that was kept.',
  ],
  EVIDENCE_DIFFERS: [
    EXIT.input,
    'The run is not as it was sealed: a file was changed, taken away or put there since.',
    'The report names each file, and the row where the journal breaks. Compare with the copy that was kept.',
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
    'The key cannot sign: it is not there, is no key of OpenSSH, can be read by others, or has a passphrase that nobody can type.',
    'Name a private key, or the public half of one that your agent holds: --sign-key FILE.',
  ],
  PLAN_CHANGED: [
    EXIT.refused,
    'The plan is not the one that was previewed, or run.json does not say what its plan says.',
    'Make a new plan.',
  ],
  PLAN_EXPIRED: [
    EXIT.refused,
    'The plan is too old to be true still.',
    'Make a new plan, or accept its age with --plan-max-age 48h.',
  ],
  PLAN_OVERTAKEN: [
    EXIT.refused,
    'The plan takes rows of an earlier run, and that run has gone on since: it may have reset the same users.',
    'Make a new rerun.',
  ],
  PLAN_OTHER_ORG: [
    EXIT.refused,
    'The plan was made for another org.',
    'Point --org at the org of the plan.',
  ],
  CONFIRM_MISSING: [
    EXIT.refused,
    'Nobody is there to say yes, and no flag says it. A run that was begun asks again where no consent of yours to it is kept on this machine.',
    'Pass --confirm COUNT@HOST, or --yes --max-users N.',
  ],
  CONFIRM_MISMATCH: [
    EXIT.refused,
    'What was confirmed is not what the plan found.',
    'Read the preview again and confirm its own count and host.',
  ],
  CONFIRM_OTHER_PLAN: [
    EXIT.refused,
    'The consent names a plan by its digest, and this is another plan: it was made again or swapped, or the wrong run was named.',
    'Execute the plan that was previewed (run --plan RUN), or preview this one and confirm its own digest.',
  ],
  MAX_USERS_EXCEEDED: [
    EXIT.refused,
    'The plan would act on more users than --max-users allows.',
    'Narrow the selection, or raise the limit on purpose.',
  ],
  PROTECTION_UNREAD: [
    EXIT.refused,
    'A list of people to leave alone (admins, excluded groups, the owner of the credential) could not be read whole, so somebody on it might be acted on.',
    'Use a credential that may read it, or run in a terminal without --yes and --confirm, where it asks. --include-admins gives up the list of admins only.',
  ],
  AUTH_REJECTED: [
    EXIT.auth,
    'The org does not accept the credential.',
    'Make a new token, then resume: nothing is lost.',
    'a super admin',
  ],
  AUTH_PERMISSION: [
    EXIT.auth,
    'The credential lacks a role or scope.',
    'okta-reset doctor says which.',
    'a super admin',
  ],
  ORG_UNREACHABLE: [
    EXIT.incomplete,
    'The org does not answer.',
    'Check network, proxy and URL; then resume.',
    'your network team',
  ],
  ORG_ANSWER: [
    EXIT.incomplete,
    'The org’s answer makes no sense, or Okta had a fault of its own.',
    'Try again in minutes; a proxy in between may answer in its place.',
    'your network team',
  ],
  DISK: [
    EXIT.incomplete,
    'The disk refuses to keep what must be kept, so nothing more is sent. Before there is a plan the exit code is 2: nothing can be resumed.',
    'Make room, then resume; before there is a plan, run the command again, or with another --out.',
  ],
  INTERRUPTED: [
    EXIT.sigint,
    'Stopped by a signal before anything was sent.',
    'Run the command again.',
  ],
  INTERNAL: [
    EXIT.internal,
    'A fault in this tool itself.',
    'Nothing that was done is lost: resume goes on. Report it with the output of -v.',
    'our maintainers',
  ],
} as const satisfies Readonly<Record<string, Told>>;

/** Our error codes, which `okta-reset explain` prints. */
export type AppErrorCode = keyof typeof TOLD;

/** What the process tells its caller after an error of this code. */
export const exitCodeOf = (code: AppErrorCode): ExitCode => TOLD[code][0];

/** Every code of ours, in the order of the catalogue. */
export const APP_ERROR_ENTRIES: readonly AppErrorEntry[] = Object.entries<Told>(TOLD).map(
  ([code, [exitCode, meaning, how, who = 'you']]) => ({ code, exitCode, meaning, how, who }),
);
