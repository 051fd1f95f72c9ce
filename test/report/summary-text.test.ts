/** The summary for a terminal. */
import { expect, test } from '@jest/globals';
import type { Verdict } from '../../src/domain/plan/verdict.ts';
import type { OutcomeRecord } from '../../src/domain/run/journal-record.ts';
import { passOver } from '../../src/report/results/pass.ts';
import { summaryText } from '../../src/report/summary-text.ts';
import { clock, ended, planned, recordsOf, rowsOf, runFile } from './sample.ts';

interface Told {
  readonly rows: number;
  readonly verdicts?: Readonly<Record<number, Verdict>>;
  /** Undefined: nothing was run yet. */
  readonly endings?: (row: number) => OutcomeRecord | undefined;
  readonly records?: Parameters<typeof recordsOf>[1];
  readonly run?: Parameters<typeof runFile>[0];
}

async function summed(told: Told, columns = 80): Promise<string> {
  const { rows, verdicts = {}, endings, records, run } = told;
  const content = await passOver(
    {
      run: runFile({ rows, ...run }),
      rows: rowsOf(Array.from({ length: rows }, (_, at) => planned(at + 1, verdicts[at + 1]))),
      records: endings && recordsOf(endings, records),
      ...{ explain, clock },
    },
    [],
  );
  return summaryText(content, columns, explain);
}

const explain = (code: string) =>
  code === 'E0000007' ? { meaning: 'Nobody has it.', who: 'you', how: 'Look again.' } : undefined;
const CALM = { preview: { ...runFile().preview, warnings: [] } };
const UNKNOWN = { ...CALM.preview.estimate, durationMs: undefined };

const TRAFFIC = [
  { bucket: '/api/v1/users', calls: 4100, throttled: 3, waitedMs: 52_000 },
  { bucket: '/api/v1/logs', calls: 1, throttled: 0, waitedMs: 0 },
];

/** A run with some of everything: succeeded, failed and unknown, skipped, not attempted, stopped early. */
const MIXED: Told = {
  rows: 20,
  verdicts: Object.fromEntries(
    Array.from({ length: 11 }, (_, at) => [
      at + 3,
      { kind: 'skip', reason: at === 0 ? 'excluded' : 'status:SUSPENDED' } as const,
    ]),
  ),
  endings: (row) => {
    if (row === 14) return ended(row, { outcome: 'failed', oktaCode: 'E0000007' });
    if (row === 15) return ended(row, { outcome: 'unknown', reason: 'gone' });
    return row < 19 ? ended(row) : undefined;
  },
  records: { traffic: TRAFFIC, stop: { kind: 'signal', signal: 'SIGINT' } },
};

test('of a run has its facts, its counts, why, what went wrong, its calls, its warnings and what comes next', async () => {
  expect(await summed(MIXED)).toBe(`\
5 of 9 users succeeded; 1 failed, 1 unknown, 2 not attempted. Skipped: 11 rows.

Run          20261122T031502Z-k7m2
Org          acme.okta.com
Planned by   night.admin@acme.example (00u00000000000000adm)
Executed by  not recorded
Action       Reset the password; Okta emails each user a link. Sessions and
             tokens stay active.
Started      2026-11-22 03:15:02 UTC
Ended        2026-11-22 03:25:14 UTC
Time         estimated 9 min, took 10 min 12 s
Stopped      Stopped by SIGINT.
Journal      Intact: every record links to the one before it.

  Succeeded       5
  Skipped        11
  Failed          1
  Unknown         1
  Not attempted   2
  ─────────────────
  All rows       20

By reason
  10  status:SUSPENDED
   1  excluded

Failed and unknown
  1 × E0000007
      Nobody has it.
      Next: Look again.
      for example person.14@acme.example
  1 × gone
      Nothing more is known about this code.
      for example person.15@acme.example

Calls
  /api/v1/users  4,100 calls, 3 × 429, waited 52 s
  /api/v1/logs   1 call, 0 × 429, waited 0 s

Warnings
  !  Sessions stay alive: anyone who is signed in stays signed in. Add
     --revoke-sessions to end them.
  !  Reset links of this org die after 60 minutes.

Next
  Continue: check what is unknown, and act on the rest:
    okta-reset resume 20261122T031502Z-k7m2
  Retry the failed rows, when their cause is fixed:
    okta-reset rerun 20261122T031502Z-k7m2 --only failed
  Look up the unknown users first: this could reset some of them twice:
    okta-reset rerun 20261122T031502Z-k7m2 --only unknown
  See who has set a new password since:
    okta-reset followup 20261122T031502Z-k7m2
`);
});

test('of a plan has only what it can have', async () => {
  expect(await summed({ rows: 2, run: CALM })).toBe(`\
2 users would be acted on. Nothing has been sent.

Run         20261122T031502Z-k7m2
Org         acme.okta.com
Planned by  night.admin@acme.example (00u00000000000000adm)
Action      Reset the password; Okta emails each user a link. Sessions and
            tokens stay active.
Started     –
Ended       –
Time        estimated 9 min

  To act on  2
  ────────────
  All rows   2

Next
  Execute exactly this plan:
    okta-reset run --plan 20261122T031502Z-k7m2
`);
});

test('of a plan counts each row that would be skipped, and why', async () => {
  const skip = { kind: 'skip', reason: 'excluded' } as const;
  const text = await summed({ rows: 3, verdicts: { 2: skip }, run: CALM });
  expect(text).toMatch(/\n {2}Skipped +1\n {2}To act on +2\n/);
  expect(text).toMatch(/\nBy reason\n {2}1 {2}excluded\n/);
  expect(text).not.toMatch(/Succeeded|Unknown|Journal/);
});

test('has no section without anything in it', async () => {
  const endings = (row: number) => ended(row, { outcome: 'failed', reason: 'refused' });
  const run = { preview: { ...CALM.preview, estimate: UNKNOWN } };
  const records = { traffic: [], firstAt: undefined, lastAt: undefined };
  const text = await summed({ rows: 1, endings, records, run });
  expect(text).not.toMatch(/^(?:Time|Stopped|By reason|Calls|Warnings)/m);
  const nothing = await summed({ rows: 0, endings, records, run });
  expect(nothing).not.toMatch(/^(?:Failed and unknown|Next)/m);
  expect(nothing).toMatch(/^ {2}All rows +0\n$/m);
});

test.each([
  [1, 40],
  [40, 40],
  [41, 41],
  [100, 100],
  [101, 100],
  [500, 100],
])('in a terminal of %d columns has lines of at most %d', async (columns, width) => {
  const linesOf = async (length: number) => {
    const warnings = [{ code: 'mails', text: `a ${'x'.repeat(length - 2)}` }] as const;
    const text = await summed(
      { rows: 1, run: { preview: { ...CALM.preview, warnings } } },
      columns,
    );
    return (text.split('Warnings\n')[1]?.split('\n\n')[0] ?? '').split('\n');
  };
  expect(await linesOf(width - 5)).toEqual([`  !  a ${'x'.repeat(width - 7)}`]);
  expect(await linesOf(width - 4)).toEqual(['  !  a', `     ${'x'.repeat(width - 6)}`]);
});

test('names twelve codes, whom they met and what to do, and counts the others', async () => {
  const failing = (codes: number) => {
    const oktaCode = (row: number) => `E${row === 1 ? '' : 99}${String(row).padStart(5, '0')}`;
    const endings = (row: number) =>
      ended(row, { outcome: 'failed', oktaCode: oktaCode(row), message: `said ${row}` });
    return summed({ rows: codes, endings });
  };
  const twelve = await failing(12);
  expect(twelve.match(/1 × E\d+\n/g)).toHaveLength(12);
  expect(twelve).not.toContain('more code');
  expect(twelve).toMatch(/1 × E9900002\n {6}said 2\n {6}for example person\.2@acme\.example\n/);
  expect(await failing(13)).toContain('  … and 1 more code: see failed.csv');
  expect(await failing(15)).toContain('  … and 3 more codes: see failed.csv');
});

test('counts failed and unknown rows of one code together, and cuts the names of those who have it', async () => {
  const endings = (row: number) =>
    ended(row, { outcome: row === 2 ? 'unknown' : 'failed', reason: 'gone' });
  expect(await summed({ rows: 4, endings }, 60)).toContain(`
  4 × gone
      Nothing more is known about this code.
      for example person.1@acme.example, person.2@acme.exam…
`);
});
