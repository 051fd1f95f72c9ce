/** What a canary says and how long it waits before it looks who opened its links. */
import { expect, test } from '@jest/globals';
import { canaryInspection } from '../../src/app/run/sending/canary-links.ts';
import type { LogEvent } from '../../src/domain/org/org.ts';
import type { User } from '../../src/domain/org/user.ts';
import type { AppEvent } from '../../src/domain/run/event.ts';
import { failed, makeUser, ok, okta, userId } from '../plan/fake-org.ts';
import { runFile } from '../report/sample.ts';
import { around } from './run-folders.ts';

const RESET_MS = Date.parse('2026-11-22T03:15:00Z');
const before = { status: 'ACTIVE', statusChangedMs: 1, passwordChangedMs: 1 };
const mark = { step: 'reset-password' as const, attempt: 1, serverTimeMs: RESET_MS, before };
const row = (n: number, more: object = {}) => ({
  ...{ row: n, userId: userId(n), outcome: 'succeeded' as const, reason: undefined, mark },
  ...more,
});

/** Inspects four users, each of whose links an address opened; `closedAt`: the scan from which on the log cannot be read. */
async function inspect({
  closedAt = Infinity,
  waitMs = 120_000,
  rows = [1, 2, 3, 4].map((n) => row(n)),
} = {}) {
  const done: (AppEvent | string)[] = [];
  let scans = 0;
  const opened = (n: number): LogEvent => ({
    ...{ uuid: `u${n}`, eventType: 'user.account.use_token', publishedMs: RESET_MS + 1000 },
    ...{ actorId: undefined, userIds: [userId(n)], result: 'SUCCESS', reason: undefined },
    ...{ requestId: undefined, clientIp: `203.0.113.${n}` },
  });
  const user = { ...makeUser(1), status: 'RECOVERY', statusChangedMs: RESET_MS } as User;
  const { context } = around('/w');
  const { inspectCanary } = canaryInspection(
    {
      run: { spec: runFile().spec },
      waitMs,
      principal: { kind: 'unknown' },
      reader: {
        serverNowMs: () => RESET_MS + 125_000,
        user: () => Promise.resolve(ok(user)),
        logEvents: () => {
          scans += 1;
          if (scans >= closedAt) return Promise.resolve(failed(okta(403, 'E0000006')));
          return Promise.resolve(ok({ items: [1, 2, 3, 4].map(opened), next: undefined }));
        },
      },
    },
    {
      emit: (event) => void done.push(event),
      host: {
        ...context.host,
        clock: {
          ...context.host.clock,
          sleep: (ms) => {
            done.push(`slept ${ms}`);
            return Promise.resolve();
          },
        },
      },
    },
  );
  return { found: await inspectCanary?.(rows, new AbortController().signal), done };
}

const CANNOT = {
  ...{ type: 'message', level: 'warning' },
  text: expect.stringContaining('cannot read the System Log'),
};
const WAITS = [
  { type: 'message', level: 'info', text: expect.stringContaining('It waits 2 min to see') },
  { type: 'pause', bucket: 'canary', waitMs: 120_000, cause: 'canary' },
  'slept 120000',
];

test('it says that it waits, waits, and names the first three addresses in the order of the rows', async () => {
  const { found, done } = await inspect();
  expect(done).toEqual(WAITS);
  expect(found).toContain('was set: 4 of 4 (from 203.0.113.1, 203.0.113.2, 203.0.113.3).');
});

test('only users who were reset are counted', async () => {
  const rows = [row(1), row(2, { outcome: 'failed' }), row(3, { mark: undefined })];
  expect((await inspect({ rows })).found).toContain('was set: 1 of 1 (from 203.0.113.1).');
});

test('it does not wait if the log cannot be read, and says so before or after the wait', async () => {
  expect(await inspect({ closedAt: 1 })).toEqual({ found: undefined, done: [CANNOT] });
  expect(await inspect({ closedAt: 2 })).toEqual({ found: undefined, done: [...WAITS, CANNOT] });
});

test('without a wait nobody looks', async () => {
  expect(await inspect({ waitMs: 0 })).toEqual({ found: undefined, done: [] });
});
