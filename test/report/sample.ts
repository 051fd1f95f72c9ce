import type { OutcomeRecord } from '../../src/domain/run/journal-record.ts';
import type { PlannedRow } from '../../src/domain/plan/plan.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import type { RunRecords } from '../../src/domain/run/run-records.ts';
import { Timeline } from '../../src/domain/run/timeline.ts';
import type { UserId } from '../../src/domain/org/user-id.ts';
import type { Verdict } from '../../src/domain/plan/verdict.ts';

export const RUN_ID = '20261122T031502Z-k7m2';
export const START_MS = Date.parse('2026-11-22T03:15:02.000Z');

export const clock = {
  nowMs: () => START_MS + 3_600_000,
  monotonicMs: () => 0,
  sleep: async () => undefined,
};

export function runFile(more: Partial<RunFile> = {}): RunFile {
  return {
    format: 1,
    toolVersion: '0.1.0',
    runId: RUN_ID,
    createdAt: '2026-11-22T03:14:40.000Z',
    origin: 'https://acme.okta.com',
    host: 'acme.okta.com',
    orgId: '00o1abcdEFGHijklmnop',
    principal: { kind: 'user', id: '00u00000000000000adm', login: 'night.admin@acme.example' },
    spec: { action: 'reset-password', sendEmail: true, revokeSessions: false, revokeTokens: false },
    policy: {
      includeStatus: ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT'],
      includeProvider: ['OKTA', 'IMPORT'],
      includeAdmins: false,
      resend: false,
      sinceMs: undefined,
      lookup: true,
    },
    selection: ['--file', 'users.csv'],
    planDigest: 'c0ffee'.padEnd(64, '0'),
    rows: 0,
    targets: 0,
    columns: ['User ID', 'Login', 'Department'],
    parentRunId: undefined,
    preview: {
      rows: 0,
      targets: 0,
      skipped: {},
      statusByProvider: {},
      sample: [],
      calls: ['POST /api/v1/users/{id}/lifecycle/reset_password?sendEmail=true'],
      warnings: [
        {
          code: 'sessions-stay-alive',
          text: 'Sessions stay alive: anyone who is signed in stays signed in. Add --revoke-sessions to end them.',
          rows: 4812,
        },
        { code: 'link-lifetime', text: 'Reset links of this org die after 60 minutes.' },
      ],
      estimate: {
        calls: 4812,
        durationMs: 540_000,
        limitPerWindow: 600,
        windowMs: 60_000,
        ratePercent: 90,
      },
      reads: 25,
    },
    ...more,
  };
}

export function userId(n: number): UserId {
  return `00u${String(n).padStart(17, '0')}` as UserId;
}

export function planned(
  row: number,
  verdict: Verdict = { kind: 'act' },
  more: Partial<PlannedRow> = {},
): PlannedRow {
  const login = `person.${row}@acme.example`;
  return {
    row,
    source: 'users.csv',
    line: row + 1,
    input: userId(row),
    userId: userId(row),
    login,
    status: 'ACTIVE',
    providerType: 'OKTA',
    statusChangedMs: undefined,
    passwordChangedMs: undefined,
    verdict,
    columns: { 'User ID': userId(row), Login: login, Department: 'Sales' },
    ...more,
  };
}

export function ended(row: number, more: Partial<OutcomeRecord> = {}): OutcomeRecord {
  const atMs = START_MS + row * 100;
  return {
    kind: 'outcome',
    at: new Date(atMs).toISOString(),
    row,
    outcome: 'succeeded',
    attempts: 1,
    step: 'reset-password',
    startedAt: new Date(atMs - 80).toISOString(),
    status: 200,
    requestId: `Yreq${row}`,
    ...more,
  };
}

/** Records that answer from a function of the row. */
export function recordsOf(
  outcomeOf: (row: number) => OutcomeRecord | undefined,
  more: Partial<RunRecords> = {},
): RunRecords {
  return {
    stateOf: (row) => (outcomeOf(row) === undefined ? 'untouched' : 'ended'),
    outcomeOf,
    openRow: () => undefined,
    firstAt: new Date(START_MS).toISOString(),
    lastAt: new Date(START_MS + 612_000).toISOString(),
    invocations: 1,
    stop: undefined,
    chain: 'intact',
    chainHead: 'ab'.repeat(32),
    traffic: [{ bucket: '/api/v1/users', calls: 4100, throttled: 3, waitedMs: 52_000 }],
    reissued: 0,
    ...more,
  };
}

export async function* rowsOf(rows: Iterable<PlannedRow>): AsyncGenerator<PlannedRow> {
  yield* rows;
}

/** A run of every kind of outcome, repeating over any number of rows. */
export function mixedVerdict(row: number): Verdict {
  if (row % 10 === 3) return { kind: 'skip', reason: 'status:SUSPENDED' };
  if (row % 50 === 7) {
    return { kind: 'skip', reason: 'invalid-id', detail: 'The cell holds a display name.' };
  }
  return { kind: 'act' };
}

const FAILURES = [
  {
    outcome: 'failed' as const,
    status: 404,
    oktaCode: 'E0000007',
    message: 'Not found: Resource not found (User)',
  },
  {
    outcome: 'failed' as const,
    status: 403,
    oktaCode: 'E0000006',
    message: 'You do not have permission to perform the requested action',
  },
  { outcome: 'unknown' as const, reason: 'UND_ERR_SOCKET' },
];

export function mixedOutcome(row: number, rows: number): OutcomeRecord | undefined {
  if (row > rows * 0.93) return undefined;
  return ended(row, row % 40 === 0 ? FAILURES[(row / 40) % 3] : {});
}

/** Calls in bursts of 540 per minute, as a window of 600 at 90 % gives. */
export function burstyTimeline(calls: number): Timeline {
  const timeline = new Timeline();
  for (let n = 0; n < calls; n += 1) {
    const atMs = START_MS + Math.floor(n / 540) * 60_000 + (n % 540) * 45;
    timeline.add('calls', atMs);
    timeline.add(n % 40 === 0 ? 'failed' : 'succeeded', atMs + 90);
    if (n === 1500) timeline.add('throttled', atMs, 3);
    if (n % 540 === 539) timeline.wait('window', atMs, 35_700);
  }
  return timeline;
}
