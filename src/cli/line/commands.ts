import type { OpenConsole } from '../../app/console/console-port.ts';
import { ACTION, POLICY, WHAT } from '../../config/action.ts';
import {
  readAll,
  type Flag,
  type Given,
  type Group,
  type Values,
} from '../../config/flags/flag.ts';
import { GUARDS, VOLUME } from '../../config/guards.ts';
import { ORG } from '../../config/org.ts';
import { OUT, HOOKS, SECRETS } from '../../config/output.ts';
import { PACE } from '../../config/pace.ts';
import { SANDBOX } from '../../config/sandbox.ts';
import { WHO } from '../../config/selection.ts';
import type { Host } from '../../domain/host.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { Terminal } from '../terminal/terminal.ts';
import {
  CONSOLE,
  DRY_RUN,
  EVIDENCE,
  EXPORT,
  EXPORT_FORMAT,
  FOLDERS,
  KEY_FILE,
  LAST,
  LINKS,
  OPENED,
  REPORT_FORMAT,
  RESEND,
  ROWS,
  SAVED_PLAN,
  WATCH,
} from './own-flags.ts';

/** A command as data: which groups of flags it has, and what help says about it. */
interface Declaration {
  readonly groups: Readonly<Record<string, Group>>;
  /** `RUN`, `CODE`: the word after the command's name. */
  readonly positional?: {
    readonly name: string;
    readonly required: boolean;
    readonly describe: string;
    /** The possible words, for completion. */
    readonly choices?: readonly string[];
  };
  readonly summary: string;
  /** What `--json` does here, if it does not print events on standard output. */
  readonly json?: string;
  readonly examples: readonly (readonly [command: string, does: string])[];
}

/** A run, after the command's name. */
const RUN = {
  name: 'RUN',
  required: false,
  describe: 'a run directory, or its id under reports/',
} as const;

/** The flags that a plan is made from. */
const PLANNING = {
  who: WHO,
  spec: ACTION,
  policy: POLICY,
  guards: GUARDS,
  pace: PACE,
  org: ORG,
  folder: OUT,
  secrets: SECRETS,
} as const;

/** The flags for executing a run. */
const EXECUTING = { guards: GUARDS, pace: PACE, org: ORG, secrets: SECRETS, hooks: HOOKS } as const;

/** Every command, in the order the help shows them. */
const DECLARED = {
  plan: {
    summary: 'The dry run: who would be reset, who would not, and why. Sends nothing.',
    groups: PLANNING,
    examples: [
      ['okta-reset plan --file users.csv', 'preview a Rockstar export'],
      [
        'okta-reset plan --group Sales --since 2026-11-20',
        'a group, without users who changed their password since',
      ],
    ],
  },
  run: {
    summary: 'Plan, confirm and execute; or execute exactly a saved plan.',
    groups: { saved: SAVED_PLAN, preview: DRY_RUN, ...PLANNING, volume: VOLUME, hooks: HOOKS },
    examples: [
      ['okta-reset run --file users.csv --revoke-sessions', 'preview, ask, execute'],
      ['okta-reset run --plan reports/20261122T031502Z-k7m2', 'execute what was previewed'],
      ['okta-reset run --file users.csv --confirm 4812@acme.okta.com', 'without a prompt'],
    ],
  },
  resume: {
    positional: RUN,
    summary: 'Continue an interrupted run. Nobody is reset twice.',
    groups: { run: LAST, ...EXECUTING, volume: VOLUME },
    examples: [['okta-reset resume --last', 'continue the run that was stopped']],
  },
  rerun: {
    positional: {
      name: 'RUN',
      required: false,
      describe:
        'a run directory, its id, or a results.csv (also one that a spreadsheet saved, as CSV or text)',
    },
    summary:
      'Start a new run over rows of an earlier one: those that failed or were not attempted.',
    groups: {
      run: LAST,
      rows: ROWS,
      preview: DRY_RUN,
      what: WHAT,
      policy: POLICY,
      folder: OUT,
      ...EXECUTING,
    },
    examples: [
      ['okta-reset rerun --last', 'everything that is left'],
      ['okta-reset rerun results.csv --error E0000006', 'rows that failed with one error'],
    ],
  },
  runs: {
    summary: 'List the runs under reports/: age, action, org, state, and the next command.',
    json: 'one run a line: ids, state, counts, next commands',
    groups: { in: FOLDERS },
    examples: [
      ['okta-reset runs', 'the runs under reports/'],
      ['okta-reset runs --in reports --in archive/2026', 'several folders'],
    ],
  },
  report: {
    positional: RUN,
    summary: 'Rebuild a run’s report from its journal and print it; seal the run, and verify that.',
    json: 'one event with summary.json in it; with --format, only that document; with --seal or --verify, an event about the seal',
    groups: { run: LAST, output: REPORT_FORMAT, evidence: EVIDENCE },
    examples: [
      ['okta-reset report --last --format csv > results.csv', 'every row with its outcome'],
      ['okta-reset report --last --seal', 'when the run is over; with --sign-key FILE, signed'],
    ],
  },
  followup: {
    positional: RUN,
    summary:
      'Show who has set a new password since and who is stuck with a dead link. Sends nothing without --resend.',
    groups: {
      run: LAST,
      watch: WATCH,
      links: LINKS,
      resend: RESEND,
      folder: OUT,
      ...EXECUTING,
    },
    examples: [
      ['okta-reset followup --last', 'who is done and who is not'],
      [
        'okta-reset followup --last --resend --per-hour 200 --between 08:00-18:00',
        'new links in waves, when the help desk is there',
      ],
    ],
  },
  users: {
    summary:
      'Export users to CSV or JSON, with the same selection flags and without a browser extension.',
    json: 'one user a line, like --format ndjson, and no events except errors; --format overrides it',
    groups: { who: WHO, export: EXPORT, output: EXPORT_FORMAT, pace: PACE, org: ORG },
    examples: [
      ['okta-reset users --search \'status eq "ACTIVE"\' > users.csv', 'all active users'],
    ],
  },
  console: {
    summary: 'The whole job in a browser, on this machine only: preview, run, resume, hand over.',
    json: 'one event per link: where the console listens',
    groups: { console: CONSOLE, org: ORG },
    examples: [
      ['okta-reset console', 'opens the browser; Ctrl-C ends it'],
      ['okta-reset console --port 8400 --no-open', 'reach it with ssh -L 8400:127.0.0.1:8400'],
    ],
  },
  doctor: {
    summary:
      'Check URL, credential, roles, scopes, limits, clock and disk, and say how to fix what is wrong.',
    groups: { org: ORG, pace: PACE },
    examples: [['okta-reset doctor', 'before the first run']],
  },
  sandbox: {
    summary: 'Start an Okta org with made-up users on this machine, to rehearse on.',
    groups: { sandbox: SANDBOX },
    examples: [
      ['okta-reset sandbox --users 5000 --limit 100 --window 10s', 'an org with a visible limit'],
    ],
  },
  demo: {
    summary: 'The whole job on the sandbox, in under a minute. Touches no real org.',
    json: 'refused: the demo is for people to read',
    groups: {},
    examples: [],
  },
  'secrets keygen': {
    summary: 'Make a key that encrypts temporary passwords and links.',
    groups: { key: KEY_FILE },
    examples: [['okta-reset secrets keygen --out key.txt', 'then run --secrets-recipient age1…']],
  },
  'secrets open': {
    positional: RUN,
    summary: 'Read a run’s temporary passwords or links as CSV: id, login, secret.',
    json: 'one secret a line, and no events except errors',
    groups: { run: LAST, secrets: OPENED },
    examples: [
      [
        'okta-reset secrets open --last --identity key.txt --out passwords.csv',
        'for the help desk',
      ],
    ],
  },
  completion: {
    positional: {
      name: 'SHELL',
      required: true,
      describe: 'bash, zsh, fish or powershell',
      choices: ['bash', 'zsh', 'fish', 'powershell'],
    },
    summary: 'Print the script that makes a shell complete commands and flags.',
    json: 'no effect: only the script is printed',
    groups: {},
    examples: [['eval "$(okta-reset completion bash)"', 'in ~/.bashrc']],
  },
  explain: {
    positional: {
      name: 'CODE',
      required: true,
      describe:
        'an error code (E0000017), an HTTP status (429), a user status (RECOVERY) or an exit code (7). Also an outcome, a reason or a follow-up’s state (link-dead)',
    },
    summary: 'Explain a code, a status, an outcome or a reason, and what to do about it.',
    groups: {},
    examples: [['okta-reset explain E0000017', 'why a password reset failed']],
  },
} as const satisfies Readonly<Record<string, Declaration>>;

export type CommandName = keyof typeof DECLARED;

/** What a command works with: the values of its groups of flags. */
export type Input<C extends CommandName> = Values<(typeof DECLARED)[C]['groups']>;

/** A command as the parser, help and completion use it. */
export interface Command extends Declaration {
  readonly name: CommandName;
  /** The flags of all its groups. */
  readonly flags: readonly Flag[];
}

const isCommandName = (name: string): name is CommandName => Object.hasOwn(DECLARED, name);

export const COMMANDS: readonly Command[] = Object.keys(DECLARED)
  .filter(isCommandName)
  .map((name) => {
    const declared: Declaration = DECLARED[name];
    const flags = Object.values(declared.groups).flatMap((group) => Object.values(group.flags));
    return { ...declared, name, flags };
  });

/** Reads the flags of a command. Throws USAGE. */
export const inputOf = <C extends CommandName>(name: C, given: Given): Input<C> =>
  readAll(DECLARED[name].groups, given);

/** Runs a command; the number is the exit code. Rejects with AppError. */
export type Execute<C extends CommandName> = (call: {
  readonly input: Input<C>;
  /** The flags as they were typed, which the commands that continue need again. */
  readonly given: Given;
  /** The word after the command's name. */
  readonly word: string | undefined;
  readonly terminal: Terminal;
  /** Runs another command line, in a host that the caller makes. */
  readonly call: RunLine;
  /** The plan whose preview was just shown. A command that shows one sets it. */
  readonly shown: ShownPlan;
  /** Faces in addition to the terminal. */
  readonly faces: Faces;
}) => Promise<number>;

/** What the program has in addition to the terminal. */
export interface Faces {
  readonly openConsole: OpenConsole;
}

/** The plan that somebody has seen before a question. Nothing else is executed. */
export interface ShownPlan {
  run?: RunFile;
}

/** Runs a command line. `shown` is the plan that was just shown. */
export type RunLine = (argv: readonly string[], host: Host, shown?: ShownPlan) => Promise<number>;
