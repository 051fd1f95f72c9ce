import { expect, test } from '@jest/globals';
import { recheck, spareProtected } from '../../src/app/recheck.ts';
import type { Step } from '../../src/domain/action.ts';
import type { AppEvent } from '../../src/domain/event.ts';
import type { JournalRecord } from '../../src/domain/journal-record.ts';
import type { OrgReader } from '../../src/domain/org.ts';
import type { Target } from '../../src/domain/plan.ts';
import type { RunFile } from '../../src/domain/run-file.ts';
import { parseUserId } from '../../src/domain/user-id.ts';
import { NOBODY, type ProtectedUsers } from '../../src/plan/protected-users.ts';
import { connectReader } from '../../src/okta/connect.ts';
import { createPacing } from '../../src/okta/pacing-gate.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { host } from '../../src/host.ts';
import { POLICY } from '../plan/fake-org.ts';

const UNPROTECTED: ProtectedUsers = {
  principal: { kind: 'app', clientId: '0oa1' },
  admins: NOBODY,
  excluded: NOBODY,
};

const RUN = {
  spec: { action: 'reset-password', sendEmail: true, revokeSessions: false, revokeTokens: false },
  policy: POLICY,
} as unknown as RunFile;

function targetsOf(sandbox: Sandbox, wanted: number): readonly Target[] {
  return [...sandbox.users()]
    .filter((user) => user.status === 'ACTIVE' && user.provider === 'OKTA')
    .slice(0, wanted)
    .map((user, index) => ({
      row: index + 1,
      source: 'users.csv',
      line: index + 2,
      input: user.id,
      userId: parseUserId(user.id)!,
      login: user.login,
      status: user.status,
      providerType: user.provider,
      statusChangedMs: user.statusChangedMs,
      passwordChangedMs: user.passwordChangedMs,
      verdict: { kind: 'act' },
      columns: {},
    }));
}

async function* each(targets: readonly Target[]): AsyncIterable<Target> {
  yield* targets;
}

async function withOrg<T>(work: (sandbox: Sandbox, reader: OrgReader) => Promise<T>): Promise<T> {
  const { clock, random } = host;
  const sandbox = await startSandbox({ users: 300, limits: 'off' }, { clock });
  const pacing = createPacing(
    { ratePercent: 100, maxInFlight: 4, writeBucket: '/api/v1/users' },
    { clock, random },
  );
  const connection = connectReader(
    {
      origin: sandbox.url,
      credentials: { kind: 'ssws', token: new Secret(sandbox.token) },
      timeoutMs: 5000,
      maxRetries: 0,
      connections: 4,
      userAgent: 'okta-reset/test',
      env: {},
    },
    { clock, random, pacing },
  );
  try {
    return await work(sandbox, connection.reader);
  } finally {
    pacing.close();
    await connection.close();
    await sandbox.close();
  }
}

const STARTED = '2026-11-22T03:15:02.000Z';

/** Rows of `open` have an attempt that did not take effect, and these steps behind them. */
function portsOf(
  reader: OrgReader,
  open: readonly number[] = [],
  ended: readonly number[] = [],
  stepsApplied: readonly Step[] = ['revoke-tokens'],
) {
  const records: JournalRecord[] = [];
  const events: AppEvent[] = [];
  return {
    records,
    events,
    ports: {
      reader,
      journal: {
        append: async (record: JournalRecord) => {
          records.push(record);
        },
      },
      state: {
        ended: (row: number) => ended.includes(row),
        open: new Map(
          open.map((row) => [
            row,
            { row, attempts: 1, startedAt: STARTED, stepsApplied, pending: undefined },
          ]),
        ),
        endedCount: ended.length,
      },
      nowMs: () => 1_700_000_000_000,
      emit: (event: AppEvent) => events.push(event),
      signal: new AbortController().signal,
    },
  };
}

test('users who changed since the plan are skipped with their reason, durably; the others pass in order', async () => {
  await withOrg(async (sandbox, reader) => {
    const targets = targetsOf(sandbox, 150);
    const [first, , third] = targets;
    sandbox.suspend(first!.userId);
    sandbox.suspend(third!.userId);
    const { ports, records, events } = portsOf(reader);

    const passed: number[] = [];
    for await (const target of recheck(each(targets), RUN, UNPROTECTED, ports))
      passed.push(target.row);

    expect(passed).toEqual(targets.map(({ row }) => row).filter((row) => row !== 1 && row !== 3));
    expect(records).toMatchObject([
      { kind: 'outcome', row: 1, outcome: 'skipped', reason: 'status:SUSPENDED', attempts: 0 },
      { kind: 'outcome', row: 3, outcome: 'skipped', reason: 'status:SUSPENDED', attempts: 0 },
    ]);
    expect(events.map((event) => event.type)).toEqual(['row', 'row']);
  });
});

test('a row that was begun passes whatever its state is now: the state is the run’s own doing', async () => {
  await withOrg(async (sandbox, reader) => {
    const targets = targetsOf(sandbox, 3);
    for (const { userId } of targets) sandbox.suspend(userId);
    const { ports, records } = portsOf(reader, [2], [3]);

    const passed: number[] = [];
    for await (const target of recheck(each(targets), RUN, UNPROTECTED, ports))
      passed.push(target.row);

    expect(passed).toEqual([2]);
    expect(records).toMatchObject([{ row: 1, outcome: 'skipped' }]);
  });
});

test('a row that was begun without effect is judged like any other', async () => {
  await withOrg(async (sandbox, reader) => {
    const targets = targetsOf(sandbox, 2);
    sandbox.suspend(targets[0]!.userId);
    const { ports, records } = portsOf(reader, [1, 2], [], []);

    const passed: number[] = [];
    for await (const target of recheck(each(targets), RUN, UNPROTECTED, ports))
      passed.push(target.row);

    expect(passed).toEqual([2]);
    expect(records).toMatchObject([
      { row: 1, outcome: 'skipped', reason: 'status:SUSPENDED', attempts: 1, startedAt: STARTED },
    ]);
  });
});

test('after a stop nobody is skipped any more', async () => {
  await withOrg(async (sandbox, reader) => {
    const targets = targetsOf(sandbox, 5);
    for (const { userId } of targets) sandbox.suspend(userId);
    const { ports, records } = portsOf(reader);
    const stop = new AbortController();
    const append = async (record: JournalRecord) => {
      records.push(record);
      stop.abort(new Error('stopping'));
    };
    const passed: Target[] = [];
    const stopped = { ...ports, signal: stop.signal, journal: { append } };
    for await (const target of recheck(each(targets), RUN, UNPROTECTED, stopped))
      passed.push(target);

    expect(passed).toEqual([]);
    expect(records).toHaveLength(1);
  });
});

test('users who cannot be read stop the run for what Okta said', async () => {
  await withOrg(async (sandbox, reader) => {
    const targets = targetsOf(sandbox, 3);
    sandbox.revokeToken(sandbox.token);
    const { ports, records } = portsOf(reader);
    const reading = recheck(each(targets), RUN, UNPROTECTED, ports);
    await expect(reading[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      name: 'TargetsStop',
      stop: { kind: 'credentials' },
    });
    expect(records).toEqual([]);
  });
});

test('whoever is protected by now is spared: the credential’s own user, admins, members of excluded groups', async () => {
  await withOrg(async (sandbox, reader) => {
    const targets = targetsOf(sandbox, 4);
    const { ports, records } = portsOf(reader);
    const idOf = (row: number) => new Set<string>([targets[row - 1]!.userId]);
    const me = { kind: 'user', id: targets[1]!.userId, login: 'me' } as const;
    const protectedUsers: ProtectedUsers = {
      principal: me,
      admins: { kind: 'known', ids: idOf(1) },
      excluded: { kind: 'known', ids: idOf(4) },
    };

    const passed: number[] = [];
    for await (const target of spareProtected(each(targets), RUN, protectedUsers, ports))
      passed.push(target.row);

    expect(passed).toEqual([3]);
    expect(records).toMatchObject([
      { row: 1, outcome: 'skipped', reason: 'protected:admin' },
      { row: 2, outcome: 'skipped', reason: 'protected:self' },
      { row: 4, outcome: 'skipped', reason: 'excluded' },
    ]);
  });
});
