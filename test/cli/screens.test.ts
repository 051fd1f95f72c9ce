/** What a person reads, line by line, with its colors. */
import { describe, expect, test } from '@jest/globals';
import { FOLLOWUP_STATES } from '../../src/app/followup/followup-state.ts';
import type { Followup } from '../../src/app/followup/followup.ts';
import type { ListedRun } from '../../src/app/runs/list-runs.ts';
import type { OpenedSecrets } from '../../src/app/secrets/open-secrets.ts';
import { followupLine, followupScreen } from '../../src/cli/screens/followup-screen.ts';
import { isComplete, openedSecretsText } from '../../src/cli/screens/opened-secrets.ts';
import { previewScreen } from '../../src/cli/screens/plan/preview-screen.ts';
import { runsScreen } from '../../src/cli/screens/runs-screen.ts';
import { makeStyle } from '../../src/cli/terminal/style.ts';
import type { NextCommand } from '../../src/domain/run/next-commands.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import { RowRanges } from '../../src/domain/row/row-ranges.ts';
import type { Text } from '../../src/text/styled.ts';
import { planned, runFile } from '../report/sample.ts';
import { marked } from './marked.ts';

const style = makeStyle(true);
const shown = (lines: readonly Text[]) => lines.map(marked).join('\n').split('\n');

describe('a follow-up', () => {
  type Counts = Followup['counts'];
  const none = Object.fromEntries(FOLLOWUP_STATES.map((state) => [state, 0])) as Counts;
  const followup = (more: Partial<Followup> = {}): Followup => ({
    ...{ runId: 'a', host: 'acme.okta.com', action: 'reset-password', runs: ['a'] },
    ...{ takenAt: '2026-11-22T03:15:02.000Z', users: 200, proven: 200, proofs: 'whole' },
    ...{ bounces: 'whole', linkUses: 'whole', neverReset: 0, unreadable: 0, scanner: undefined },
    ...{ linkLifetimeMs: 3_600_000, linkLifetimeFrom: 'policy', file: 'reports/a/followup.csv' },
    counts: { ...none, finished: 150, waiting: 50 },
    ...more,
  });
  const screen = (more: Partial<Followup> = {}, next: readonly NextCommand[] = [], width = 200) =>
    shown(followupScreen(followup(more), next, { width, style }));

  test('shows how many have finished, and where its list is', () => {
    expect(screen()).toEqual([
      'bold(1 run on acme.okta.com: 150 of 200 users finished)',
      '███████████████░░░░░ 75%',
      '',
      'green(  finished     150  set a new password since)',
      '  waiting       50  not yet, but still can',
      '  users reset  200',
      '',
      'The System Log proves each of the 200 resets.',
      'A reset link is valid for 1 h (by the password policy).',
      'List    reports/a/followup.csv',
    ]);
  });

  test('shows every state, trouble in red, and what helps', () => {
    const counts = Object.fromEntries(FOLLOWUP_STATES.map((state, at) => [state, at + 1]));
    const next = [{ command: 'okta-reset followup a --resend', does: { kind: 'resend' } }];
    const all = screen(
      {
        ...{ counts: counts as Counts, users: 91, proven: 3, proofs: 'partly', runs: ['a', 'b'] },
        ...{ neverReset: 1, unreadable: 2, linkLifetimeFrom: 'assumed' },
        scanner: { users: 3, addresses: ['203.0.113.9', '203.0.113.8'] },
      },
      next as unknown as readonly NextCommand[],
    );
    expect(all).toEqual([
      'bold(2 runs on acme.okta.com: 9 of 91 users finished)',
      '██░░░░░░░░░░░░░░░░░░ 9%',
      '',
      'green(  finished          1  set a new password since)',
      '  waiting           2  not yet, but still can',
      'red(  link-dead         3  stuck: the link has expired, and only an admin can send another)',
      'red(  link-used         4  the link was used, but no password was set: it no longer works)',
      'red(  bounced           5  the email bounced: reach them another way)',
      '  gone              6  deactivated, suspended or deleted since',
      'red(  no-trace          7  Okta shows no reset: look at these users first)',
      '  contained         8  unchanged since the action',
      'red(  signed-in-again   9  signed in since: make sure that it was them)',
      'red(  enrolled-again   10  enrolled an MFA factor since: make sure that it was the user)',
      'red(  lifted           11  no longer suspended: an admin or an import lifted it)',
      'red(  as-before        12  suspended or locked out again)',
      '  users reset      91',
      'red(  came-back        13  was skipped because of the status, and is active again with the old password)',
      '',
      'The System Log proves 3 of 91 resets; the log was too long to read to the end.',
      'A reset link is valid for 1 h (assumed: the policy cannot be read; set it with --link-lifetime).',
      '1 user of the plan was never reset.',
      'Of 2 users the damaged journal no longer tells whether they were reset.',
      'A mail scanner opens the links: those of 3 users were opened within a minute of the reset, several from the',
      'same address (203.0.113.9, 203.0.113.8). A new link would be used up in the same way. Give temporary',
      'passwords, or tell the mail gateway to leave links to your Okta address alone and then resend.',
      'List    reports/a/followup.csv',
      'Next    bold(okta-reset followup a --resend)',
    ]);
  });

  test.each<[Partial<Followup>, string]>([
    [{ proofs: 'unreadable' }, 'The credential cannot read the System Log (okta.logs.read). What'],
    [
      { proven: 199 },
      'The System Log proves 199 of 200 resets; the others are marked in the list.',
    ],
    [{ users: 1, proven: 1 }, 'The System Log proves each of the 1 reset.'],
    [{ linkLifetimeFrom: 'flag' }, 'A reset link is valid for 1 h (as you set it).'],
    [{ neverReset: 2 }, '2 users of the plan were never reset.'],
    [{ unreadable: 1 }, 'Of 1 user the damaged journal no longer tells whether'],
    [{ counts: { ...none, 'link-used': 1 } }, '1 link was opened, but no password was set.'],
    [{ counts: { ...none, 'link-used': 2 } }, '2 links were opened, but no password was set.'],
    [{ users: 0, counts: none }, '░░░░░░░░░░░░░░░░░░░░ 0%'],
    [{ users: 200, counts: { ...none, finished: 199 } }, '████████████████████ 99%'],
    [{ action: 'suspend', counts: { ...none, contained: 2 }, users: 4 }, '2 of 4 users still cont'],
    [{ action: 'suspend', counts: { ...none, contained: 2 }, users: 4 }, 'green(  contained '],
    [{ action: 'unlock' }, '150 of 200 users restored'],
  ])('with %j says %s', (more, text) => {
    expect(screen(more).join('\n')).toContain(text);
  });

  test('of an action without a link says nothing about links', () => {
    expect(screen({ action: 'suspend' }).join('\n')).not.toContain('reset link');
  });

  test('fits a narrow terminal', () => {
    for (const width of [40, 60, 100]) {
      const [, ...lines] = screen({ proofs: 'unreadable' }, [], width);
      const words = lines.map((line) => line.replace(/^\w+\((.*)\)$/, '$1'));
      for (const line of words) expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  test('is one line with its time where the screen is not redrawn', () => {
    expect(followupLine(followup())).toBe('2026-11-22T03:15:02Z  150 finished, 50 waiting');
    const counts = { ...none, gone: 1, 'came-back': 1200 };
    expect(followupLine(followup({ counts }))).toBe(
      '2026-11-22T03:15:02Z  1 gone, 1,200 came-back',
    );
  });
});

describe('a list of runs', () => {
  const none = { succeeded: 0, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 0 };
  const DAY_MS = 86_400_000;
  const listed = (name: string, more: Partial<ListedRun> = {}): ListedRun =>
    ({
      ...{ dir: `/w/reports/${name}`, name: `reports/${name}`, runId: name, state: 'finished' },
      ...{ ageMs: 125_000, spec: runFile().spec, host: 'acme.okta.com', orgId: 'o1', targets: 3 },
      ...{ origin: 'https://acme.okta.com', rows: 4 },
      counts: { ...none, succeeded: 1200, skipped: 1, failed: 2 },
      next: [{ command: `okta-reset report reports/${name}` }],
      ...more,
    }) as Partial<ListedRun> as ListedRun;
  const screen = (runs: readonly ListedRun[], width = 80, folders = ['reports']) =>
    shown(
      runsScreen(
        { runs, unreadable: [{ dir: '/w/odd', name: 'reports/odd', problem: 'RUN_FORMAT' }] },
        folders,
        { width, style },
      ),
    );
  const bad = 'yellow(reports/odd is not a readable run: RUN_FORMAT.)';

  test('has the facts of each, how its rows ended, and what comes next', () => {
    const long = listed('a-name-that-is-longer-than-24', {
      ...{ state: 'planned', ageMs: 3 * 3_600_000 + 61_000, next: [] },
    });
    expect(screen([listed('a'), long, listed('c', { ageMs: 3 * DAY_MS })])).toEqual([
      'bold(RUN                       AGE         ACTION          ORG            STATE)',
      'a                          2 min 5 s  reset-password  acme.okta.com  finished',
      'dim(    1,200 succeeded, 1 skipped, 2 failed)',
      '    okta-reset report reports/a',
      'a-name-that-is-longer-t…  3 h 01 min  reset-password  acme.okta.com  planned',
      'dim(    3 to act on, 1 skipped)',
      'c                                3 d  reset-password  acme.okta.com  finished',
      'dim(    1,200 succeeded, 1 skipped, 2 failed)',
      '    okta-reset report reports/c',
      bad,
    ]);
  });

  test('of several orgs has those of each under its name', () => {
    const other = { host: 'b.okta.com', orgId: 'o2' };
    expect(screen([listed('a'), listed('b', other), listed('c', other)])).toEqual([
      'bold(acme.okta.com): 1 run',
      'bold(RUN  AGE        ACTION          STATE)',
      'a    2 min 5 s  reset-password  finished',
      'dim(    1,200 succeeded, 1 skipped, 2 failed)',
      '    okta-reset report reports/a',
      '',
      'bold(b.okta.com): 2 runs',
      'bold(RUN  AGE        ACTION          STATE)',
      'b    2 min 5 s  reset-password  finished',
      'dim(    1,200 succeeded, 1 skipped, 2 failed)',
      '    okta-reset report reports/b',
      'c    2 min 5 s  reset-password  finished',
      'dim(    1,200 succeeded, 1 skipped, 2 failed)',
      '    okta-reset report reports/c',
      bad,
    ]);
  });

  test('that is empty says where it has looked', () => {
    expect(screen([], 80, ['reports', 'x'])).toEqual(['No runs in reports, x.', bad]);
  });

  test.each(['planned', 'declined', 'overtaken'] as const)(
    'counts what a %s run would do',
    (state) => {
      expect(screen([listed('a', { state })])[2]).toBe('dim(    3 to act on, 1 skipped)');
    },
  );

  test.each([
    [0, '0 s'],
    [59_900, '59 s'],
    [3_599_999, '59 min 59 s'],
    [3_600_000, '1 h'],
    [3_659_999, '1 h'],
    [3_660_000, '1 h 01 min'],
    [2 * DAY_MS - 1, '47 h 59 min'],
    [2 * DAY_MS, '2 d'],
  ])('says that a run is %d ms old as %s', (ageMs, text) => {
    expect(screen([listed('a', { ageMs })])[1]).toContain(` ${text}  reset-password`);
  });

  test('folds its counts in a narrow terminal', () => {
    expect(screen([listed('a')], 32).slice(2, 4)).toEqual([
      'dim(    1,200 succeeded, 1 skipped,)',
      'dim(    2 failed)',
    ]);
  });
});

describe('a preview', () => {
  const base = runFile();
  const call =
    'POST /api/v1/users/{id}/lifecycle/reset_password?sendEmail=true&revokeSessions=true';
  const preview: RunFile['preview'] = {
    ...base.preview,
    ...{ targets: 3, rows: 6, skipped: { excluded: 1, 'status:SUSPENDED': 2 }, calls: [call] },
    statusByProvider: { SUSPENDED: { OKTA: 2 }, ACTIVE: { OKTA: 1200, LDAP: 1 } },
    sample: [
      planned(1),
      planned(12, { kind: 'skip', reason: 'excluded' }, { login: undefined, input: 'kim' }),
    ],
  };
  const screen = (more: Partial<RunFile>, width: number, isLater = false) => {
    const nowMs = Date.parse(base.createdAt) + 90_000;
    const options = { program: 'okta-reset', style, nowMs, hours: undefined, width, isLater };
    const lines = shown(previewScreen({ ...base, preview, ...more }, options));
    // The time of day is that of this machine.
    return lines.map((line) => line.replace(/(done at about) [^,;]*? if/, '$1 … if'));
  };

  test('counts, shows some rows and the calls, warns, and says how long it takes', () => {
    expect(screen({}, 100, true)).toEqual([
      'bold(3 users on acme.okta.com would be acted on)',
      'Plan digest bold(c0ffee00)',
      'These figures are from the time of the plan, 1 min 30 s ago. Each user is read again right before',
      'the call; users acted on since are skipped.',
      '',
      'green(  act                     3)',
      '  skip: status:SUSPENDED  2',
      '  skip: excluded          1',
      'bold(  rows in all             6)',
      '',
      'bold(Status × provider)',
      '  status     LDAP   OKTA',
      '  ACTIVE        1  1,200',
      '  SUSPENDED     ·      2',
      '',
      'bold(Some of the rows)',
      '   1  person.1@acme.example  00u00000000000000001  act',
      '  12  kim                    00u00000000000000012  skip: excluded',
      '',
      'bold(Calls that will be sent)',
      '  reset-password: reset the password; the old one stops working at once',
      `  ${call}`,
      '  GET /api/v1/users/{id} right before, to skip users who were acted on meanwhile',
      '',
      'bold(Know before you say yes)',
      '  yellow(!) Sessions stay alive: anyone who is signed in stays signed in. Add --revoke-sessions to end them.',
      '  yellow(!) Reset links of this org die after 60 minutes.',
      '',
      'bold(How long)',
      '  about 9 min for 4,812 calls (90% of 600 calls per minute); done at about … if started now',
    ]);
  });

  test('in a narrow terminal folds its lines, and has no ids next to logins', () => {
    const policy = { ...base.policy, lookup: false };
    expect(screen({ policy, recipients: ['age1x'] }, 60).slice(2)).toEqual([
      '',
      'green(  act                     3)',
      '  skip: status:SUSPENDED  2',
      '  skip: excluded          1',
      'bold(  rows in all             6)',
      '',
      'bold(Status × provider)',
      '  status     LDAP   OKTA',
      '  ACTIVE        1  1,200',
      '  SUSPENDED     ·      2',
      '',
      'bold(Some of the rows)',
      '   1  person.1@acme.example  act',
      '  12  kim                    skip: excluded',
      '',
      'bold(Calls that will be sent)',
      '  reset-password: reset the password; the old one stops working at once',
      '  POST /api/v1/users/{id}/lifecycle/reset_password',
      '      ?sendEmail=true&revokeSessions=true',
      '  sealed to age1x',
      '',
      'bold(Know before you say yes)',
      '  yellow(!) Sessions stay alive: anyone who is signed in stays',
      '    signed in. Add --revoke-sessions to end them.',
      '  yellow(!) Reset links of this org die after 60 minutes.',
      '',
      'bold(How long)',
      '  about 9 min for 4,812 calls (90% of 600 calls per minute);',
      '  done at about … if started now',
    ]);
  });

  test('of nobody has only counts', () => {
    const nobody = { ...preview, targets: 0, warnings: [], statusByProvider: {}, sample: [] };
    expect(screen({ preview: nobody }, 300, true).slice(2)).toEqual([
      'These figures are from the time of the plan, 1 min 30 s ago. Each user is read again right before the call;',
      'users acted on since are skipped.',
      '',
      'green(  act                     0)',
      '  skip: status:SUSPENDED  2',
      '  skip: excluded          1',
      'bold(  rows in all             3)',
    ]);
  });

  test('shows twelve rows, and ids from 96 columns on', () => {
    const sample = Array.from({ length: 20 }, (_, at) => planned(at + 1));
    const rows = (width: number) =>
      screen({ preview: { ...preview, sample } }, width).filter((line) => line.includes('person.'));
    expect(rows(95)).toHaveLength(12);
    expect([rows(95)[0]?.includes('00u'), rows(96)[0]?.includes('00u')]).toEqual([false, true]);
  });
});

describe('what is said about opened secrets', () => {
  const rows = (...some: readonly number[]) => {
    const ranges = new RowRanges();
    for (const row of some) ranges.add(row);
    return ranges;
  };
  const found = (more: Partial<OpenedSecrets> = {}): OpenedSecrets => ({
    ...{ opened: 2, closed: [], refused: new Map(), missing: rows(), unbound: 0, formulas: 0 },
    unshown: rows(),
    ...more,
  });
  const refused = (
    why: 'unreadable' | 'changed',
    of: readonly number[],
    lines: readonly number[],
  ) => new Map([[why, { rows: rows(...of), lines: rows(...lines) }]]);

  test.each<[string, Partial<OpenedSecrets>, readonly string[], boolean]>([
    ['all', {}, [], true],
    [
      'without one row that another key opens',
      { closed: [{ recipients: ['age1a'], whole: true, rows: rows(3) }] },
      [
        'Row 3 stays encrypted: sealed to age1a. Give the key file of that recipient too (--identity, repeatable).',
      ],
      false,
    ],
    [
      'without some that might be damaged',
      { closed: [{ recipients: ['age1a', 'age1b'], whole: false, rows: rows(3, 4) }] },
      [
        'Rows 3–4 stay encrypted: sealed to age1a and age1b, or damaged. Give the key file of that recipient too (--identity, repeatable).',
      ],
      false,
    ],
    [
      'without one for a key that is not recorded',
      { closed: [{ recipients: [], whole: true, rows: rows(3) }] },
      [
        'Row 3 stays encrypted: sealed to another key. Give the key file of that recipient too (--identity, repeatable).',
      ],
      false,
    ],
    [
      'without a changed one',
      { refused: refused('changed', [5], []) },
      ['Row 5: refused: the sealed text is not the one that the run wrote.'],
      false,
    ],
    [
      'without damaged lines',
      { refused: refused('unreadable', [], [7, 8]) },
      ['secrets.jsonl, lines 7–8: cannot be read: the record is damaged.'],
      false,
    ],
    [
      'without one that is missing',
      { missing: rows(4) },
      [
        'Row 4 succeeded, and no secret of it can be handed out. results.csv has the user (_row); issue new ones for exactly that one.',
      ],
      false,
    ],
    [
      'without several that are missing',
      { missing: rows(4, 6) },
      [
        'Rows 4, 6 succeeded, and no secret of them can be handed out. results.csv has the users (_row); issue new ones for exactly those.',
      ],
      false,
    ],
    [
      'without one that a terminal would interpret',
      { unshown: rows(1) },
      ['Row 1: the secret contains control characters for a terminal. Use --out FILE.'],
      false,
    ],
    [
      'with one that is not bound',
      { unbound: 1 },
      [
        '1 secret is not bound to a user (stored unencrypted, or sealed by version 0.1.0): nothing but the file itself says whose it is.',
      ],
      true,
    ],
    [
      'with some that are not bound',
      { unbound: 2 },
      [
        '2 secrets are not bound to a user (stored unencrypted, or sealed by version 0.1.0): nothing but the file itself says whose they are.',
      ],
      true,
    ],
    [
      'with a formula',
      { formulas: 1 },
      [
        '1 secret begins with a character that a spreadsheet takes for a formula. Secrets are not changed: import the column “secret” as text.',
      ],
      true,
    ],
    [
      'with formulas',
      { formulas: 2 },
      [
        '2 secrets begin with a character that a spreadsheet takes for a formula. Secrets are not changed: import the column “secret” as text.',
      ],
      true,
    ],
  ])('%s', (_what, more, texts, complete) => {
    expect(openedSecretsText(found(more))).toEqual(['2 secrets opened.', ...texts]);
    expect(isComplete(found(more))).toBe(complete);
  });

  test('names a hundred ranges of rows', () => {
    const odd = rows(...Array.from({ length: 101 }, (_, at) => 2 * at + 1));
    const [, text = ''] = openedSecretsText(found({ unshown: odd }));
    expect(text).toMatch(/, 199 and 1 more: the secret/);
  });
});
