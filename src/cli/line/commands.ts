import type { Command } from './command.ts';
import { DRY_RUN, ERROR, format, IN, LAST, ONLY, RUN } from './flags/own-flags.ts';
import {
  FOLLOWUP_RESEND,
  GUARDS,
  ORG,
  OUT,
  PACE,
  POLICY,
  SECRETS,
  WHAT,
  WHO,
} from './flags/shared-flags.ts';
import { SANDBOX } from './flags/sandbox-flag.ts';

/** Every command, in the order the help shows them. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'plan',
    summary: 'The dry run: who would be reset, who not and why. Sends nothing.',
    flags: [...WHO, ...WHAT, ...POLICY, ...GUARDS, ...PACE, ...ORG, OUT, ...SECRETS],
    examples: [
      ['okta-reset plan --file users.csv', 'preview a Rockstar export'],
      [
        'okta-reset plan --group Sales --since 2026-11-20',
        'a group, without those who changed it since',
      ],
    ],
    load: () => import('../commands/plan.ts'),
  },
  {
    name: 'run',
    summary: 'Plan, confirm, execute; or execute a saved plan exactly.',
    flags: [
      {
        name: 'plan',
        kind: 'text',
        value: 'RUN',
        group: 'Who',
        describe: 'execute this saved plan exactly, and no other rows',
      },
      DRY_RUN,
      ...WHO,
      ...WHAT,
      ...POLICY,
      ...GUARDS,
      ...PACE,
      ...ORG,
      OUT,
      ...SECRETS,
    ],
    examples: [
      ['okta-reset run --file users.csv --revoke-sessions', 'preview, ask, execute'],
      ['okta-reset run --plan reports/20261122T031502Z-k7m2', 'execute what was previewed'],
      ['okta-reset run --file users.csv --confirm 4812@acme.okta.com', 'without a prompt'],
    ],
    load: () => import('../commands/run.ts'),
  },
  {
    name: 'resume',
    positional: RUN(false),
    summary: 'Continue an interrupted run. Nobody is reset twice.',
    flags: [LAST, ...GUARDS, ...PACE, ...ORG, ...SECRETS],
    examples: [['okta-reset resume --last', 'continue the run that was stopped']],
    load: () => import('../commands/resume.ts'),
  },
  {
    name: 'rerun',
    positional: {
      name: 'RUN',
      required: false,
      describe:
        'a run directory, its id, or a results.csv (also one that a spreadsheet saved, as CSV or text)',
    },
    summary: 'A new run over rows of an earlier one: those that failed or were not attempted.',
    flags: [
      LAST,
      ONLY,
      ERROR,
      DRY_RUN,
      ...WHAT,
      ...POLICY,
      ...GUARDS,
      ...PACE,
      ...ORG,
      OUT,
      ...SECRETS,
    ],
    examples: [
      ['okta-reset rerun --last', 'everything that is left'],
      ['okta-reset rerun results.csv --error E0000006', 'rows that failed with one error'],
    ],
    load: () => import('../commands/rerun.ts'),
  },
  {
    name: 'runs',
    summary: 'List the runs under reports/: age, action, org, how they stand, and what goes on.',
    json: 'one run a line: ids, state, counts, next commands',
    flags: [IN],
    examples: [
      ['okta-reset runs', 'what lies under reports/'],
      ['okta-reset runs --in reports --in archive/2026', 'several folders'],
    ],
    load: () => import('../commands/runs.ts'),
  },
  {
    name: 'report',
    positional: RUN(false),
    summary: 'Rebuild a run’s report from its journal and print it.',
    json: 'one event that holds summary.json; with --format, that document alone',
    flags: [LAST, format('text', 'json', 'csv', 'html')],
    examples: [
      ['okta-reset report --last --format csv > results.csv', 'every row and how it ended'],
    ],
    load: () => import('../commands/report.ts'),
  },
  {
    name: 'followup',
    positional: RUN(false),
    summary:
      'Who has set a new password since, who is stuck with a dead link. Sends nothing, unless --resend.',
    flags: [
      LAST,
      {
        name: 'watch',
        kind: 'switch',
        group: 'Output',
        describe: 'look again every minute until everybody is done, or Ctrl-C',
      },
      {
        name: 'every',
        kind: 'text',
        value: 'TIME',
        group: 'Output',
        describe: 'with --watch: time between two looks (60s)',
      },
      {
        name: 'link-lifetime',
        kind: 'text',
        value: 'TIME',
        group: 'Policy',
        describe: 'how long a reset link lives (as the password policy says; else 1h)',
      },
      {
        name: 'resend',
        kind: 'switch',
        group: 'Resend',
        describe: 'plan a run over the stuck users, preview, ask, execute',
      },
      ...FOLLOWUP_RESEND,
      ...PACE,
      ...ORG,
    ],
    examples: [
      ['okta-reset followup --last', 'how far the users have come'],
      [
        'okta-reset followup --last --resend --per-hour 200 --between 08:00-18:00',
        'new links in waves, when the help desk is there',
      ],
    ],
    load: () => import('../commands/followup.ts'),
  },
  {
    name: 'users',
    summary: 'Export users to CSV or JSON: the same selection, without a browser extension.',
    json: 'one user a line, as with --format ndjson, and no events but errors; --format counts more',
    flags: [
      ...WHO,
      {
        name: 'columns',
        kind: 'text',
        value: 'A,B,…',
        group: 'Output',
        describe: 'columns: id, status, login, email, any profile attribute',
      },
      {
        name: 'rockstar',
        kind: 'switch',
        group: 'Output',
        describe: 'Rockstar’s own header names',
      },
      format('csv', 'json', 'ndjson'),
      ...PACE,
      ...ORG,
    ],
    examples: [
      ['okta-reset users --search \'status eq "ACTIVE"\' > users.csv', 'all active users'],
    ],
    load: () => import('../commands/users.ts'),
  },
  {
    name: 'doctor',
    summary:
      'Check URL, credential, roles, scopes, limits, clock and disk; say how to mend what is wrong.',
    flags: [...ORG, ...PACE],
    examples: [['okta-reset doctor', 'before the first run']],
    load: () => import('../commands/doctor.ts'),
  },
  {
    name: 'sandbox',
    summary: 'Start a local Okta org with seeded users, to rehearse against.',
    flags: SANDBOX,
    examples: [
      ['okta-reset sandbox --users 5000 --limit 100 --window 10s', 'an org with a visible limit'],
    ],
    load: () => import('../commands/sandbox.ts'),
  },
  {
    name: 'demo',
    summary: 'The whole job on the sandbox, in under a minute. Touches no real org.',
    json: 'refused: the demo is for people',
    flags: [],
    examples: [],
    load: () => import('../commands/demo.ts'),
  },
  {
    name: 'secrets keygen',
    summary: 'Make a key that temporary passwords and links are sealed to.',
    flags: [
      {
        name: 'out',
        kind: 'text',
        value: 'FILE',
        group: 'Secrets',
        describe: 'file for the key (mode 600, never written over); its recipient is printed',
      },
    ],
    examples: [['okta-reset secrets keygen --out key.txt', 'then run --secrets-recipient age1…']],
    load: () => import('../commands/secrets/keygen.ts'),
  },
  {
    name: 'secrets open',
    positional: RUN(false),
    summary: 'Read a run’s temporary passwords or links: id, login, secret as CSV.',
    json: 'one secret a line, and no events but errors',
    flags: [
      LAST,
      {
        name: 'identity',
        kind: 'list',
        value: 'FILE',
        group: 'Secrets',
        describe:
          'key file that secrets keygen wrote (repeatable); not needed after --secrets-plaintext',
      },
      {
        name: 'out',
        kind: 'text',
        value: 'FILE',
        group: 'Secrets',
        describe: 'write to a new file that only you can read (mode 600)',
      },
      {
        name: 'show',
        kind: 'switch',
        group: 'Secrets',
        describe: 'show them on the screen too; otherwise a terminal is refused',
      },
    ],
    examples: [
      [
        'okta-reset secrets open --last --identity key.txt --out passwords.csv',
        'for the help desk',
      ],
    ],
    load: () => import('../commands/secrets/open.ts'),
  },
  {
    name: 'completion',
    positional: {
      name: 'SHELL',
      required: true,
      describe: 'bash, zsh, fish or powershell',
      choices: ['bash', 'zsh', 'fish', 'powershell'],
    },
    summary: 'Print the script that lets a shell complete commands and flags.',
    json: 'without effect: the script alone',
    flags: [],
    examples: [['eval "$(okta-reset completion bash)"', 'in ~/.bashrc']],
    load: () => import('../commands/completion.ts'),
  },
  {
    name: 'explain',
    positional: {
      name: 'CODE',
      required: true,
      describe:
        'one of our codes, one of Okta’s (E0000017), an HTTP status (429), a user status (RECOVERY), or a reason of results.csv (already-in-recovery)',
    },
    summary: 'What an error code, a status or a reason means here, and what to do.',
    flags: [],
    examples: [['okta-reset explain E0000017', 'password reset failed: why']],
    load: () => import('../commands/explain.ts'),
  },
];
