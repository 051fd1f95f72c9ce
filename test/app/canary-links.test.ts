import { describe, expect, test } from '@jest/globals';
import { canaryInspection } from '../../src/app/run/sending/canary-links.ts';
import type { LogEvent } from '../../src/domain/org/org.ts';
import type { UserId } from '../../src/domain/org/user-id.ts';
import type { User } from '../../src/domain/org/user.ts';
import { host } from '../../src/host.ts';

const RESET_MS = Date.parse('2026-11-22T03:15:00Z');
const SECOND_MS = 1000;
const id = (row: number) => `00u${String(row).padStart(17, '0')}` as UserId;
const before = {
  status: 'ACTIVE',
  statusChangedMs: RESET_MS - 9_000_000,
  passwordChangedMs: RESET_MS - 9_000_000,
};
const recovering = { status: 'RECOVERY', statusChangedMs: RESET_MS, passwordChangedMs: undefined };
const call = { status: 200, requestId: undefined, serverTimeMs: undefined, durationMs: 1 };

/** How many succeeded, and what was asked of the log. */
interface Around {
  readonly rows?: number;
  readonly onScan?: (window: { readonly sinceMs: number; readonly untilMs: number }) => void;
}

interface Seen {
  readonly openedMs: number;
  readonly actorId?: string;
  readonly user?: Partial<User> | 'unreadable';
}

/** What the inspection says about a canary, of whom the first is as given. */
async function inspected(
  { openedMs, actorId, user = {} }: Seen,
  { rows: many = 3, onScan }: Around = {},
): Promise<string | undefined> {
  const opened: LogEvent = {
    uuid: 'u',
    eventType: 'user.account.use_token',
    publishedMs: openedMs,
    actorId,
    userIds: [id(1)],
    result: 'FAILURE',
    reason: undefined,
    requestId: undefined,
    clientIp: '203.0.113.9',
  };
  const { inspectCanary } = canaryInspection(
    {
      run: {
        spec: {
          action: 'reset-password',
          sendEmail: true,
          revokeSessions: false,
          revokeTokens: false,
        },
      },
      waitMs: 120_000,
      principal: { kind: 'user', id: id(99), login: 'admin@acme.example' },
      reader: {
        serverNowMs: () => RESET_MS + 125_000,
        logEvents: async (page) => {
          if ('sinceMs' in page) onScan?.(page);
          return { kind: 'ok', value: { items: [opened], next: undefined }, call };
        },
        user: async () =>
          user === 'unreadable'
            ? { kind: 'failed', failure: { kind: 'network', message: 'cut' } as never, call }
            : { kind: 'ok', value: { id: id(1), ...recovering, ...user } as User, call },
      },
    },
    {
      emit: () => undefined,
      host: { ...host, clock: { ...host.clock, sleep: () => Promise.resolve() } },
    },
  );
  const rows = Array.from({ length: many }, (_, at) => at + 1).map((row) => ({
    row,
    userId: id(row),
    outcome: 'succeeded' as const,
    reason: undefined,
    mark: { step: 'reset-password' as const, attempt: 1, serverTimeMs: RESET_MS, before },
  }));
  return inspectCanary?.(rows, new AbortController().signal);
}

describe('a link of the canary that was opened', () => {
  test.each<[string, Seen]>([
    ['seconds after the mail', { openedMs: RESET_MS + 4 * SECOND_MS }],
    [
      'seconds after the mail of a later try',
      {
        openedMs: RESET_MS + 95 * SECOND_MS,
        user: { statusChangedMs: RESET_MS + 90 * SECOND_MS },
      },
    ],
    ['a minute after the mail', { openedMs: RESET_MS + 60 * SECOND_MS }],
    ['in the second before the reset, whose time has no fraction', { openedMs: RESET_MS - 999 }],
    ['for a user who cannot be read', { openedMs: RESET_MS + SECOND_MS, user: 'unreadable' }],
    [
      'a minute after the reset of a user who cannot be read',
      { openedMs: RESET_MS + 59 * SECOND_MS, user: 'unreadable' },
    ],
  ])('%s is a sign of a scanner', async (_what, seen) => {
    expect(await inspected(seen)).toContain('was set: 1 of 3 (from 203.0.113.9)');
  });

  test.each<[string, Seen]>([
    ['as late as a person does it', { openedMs: RESET_MS + 62 * SECOND_MS }],
    ['later than a minute', { openedMs: RESET_MS + 60 * SECOND_MS + 1 }],
    [
      'later, for a user who cannot be read',
      { openedMs: RESET_MS + 59 * SECOND_MS + 1, user: 'unreadable' },
    ],
    ['before the reset', { openedMs: RESET_MS - SECOND_MS - 1 }],
    ['by our own credential', { openedMs: RESET_MS + SECOND_MS, actorId: id(99) }],
    [
      'and led to a new password',
      {
        openedMs: RESET_MS + 20 * SECOND_MS,
        user: {
          status: 'ACTIVE',
          statusChangedMs: RESET_MS + 40 * SECOND_MS,
          passwordChangedMs: RESET_MS + 40 * SECOND_MS,
        },
      },
    ],
  ])('%s is not', async (_what, seen) => {
    expect(await inspected(seen)).toBeUndefined();
  });

  test('is looked for from the second before the reset to the one after now, before and after the wait', async () => {
    const windows: object[] = [];
    const seen = { openedMs: RESET_MS + SECOND_MS };
    const onScan = (window: { readonly sinceMs: number; readonly untilMs: number }) =>
      windows.push([window.sinceMs - RESET_MS, window.untilMs - RESET_MS]);
    expect(await inspected(seen, { rows: 1, onScan })).toContain('was set: 1 of 1 ');
    expect(windows).toEqual([
      [-SECOND_MS, 126_000],
      [-SECOND_MS, 126_000],
    ]);
    // Nobody was reset, so there is no link.
    expect(await inspected(seen, { rows: 0, onScan })).toBeUndefined();
    expect(windows).toHaveLength(2);
  });
});
