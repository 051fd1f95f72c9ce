import { afterEach, describe, expect, test } from '@jest/globals';
import type { Row } from '../../src/domain/row/row.ts';
import type { UserId } from '../../src/domain/org/user-id.ts';
import { host } from '../../src/host.ts';
import { connectReader } from '../../src/okta/connect.ts';
import { createServerClock } from '../../src/okta/http/server-clock.ts';
import { createPacing } from '../../src/pacing/pacing.ts';
import { NOBODY, readAdmins } from '../../src/plan/verdicts/protected-users.ts';
import { countReads } from '../../src/plan/lookup/counting-reader.ts';
import { NOBODY_EXCLUDED } from '../../src/plan/verdicts/exclusion.ts';
import { planRows } from '../../src/plan/verdicts/plan-rows.ts';
import { PlanTally } from '../../src/plan/preview/plan-tally.ts';
import { resolveRows } from '../../src/plan/lookup/resolve-rows.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { all, failureError, never, rowOf, stream, POLICY } from './fake-org.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function connect(options: SandboxOptions) {
  const { clock, random } = host;
  const org = await startSandbox({ limits: 'off', seed: 7, ...options }, { clock });
  closers.push(() => org.close());
  const serverClock = createServerClock(clock);
  const pacing = createPacing(
    { ratePercent: 100, maxInFlight: 10, windowMs: 60_000, writeBucket: '/api/v1/users' },
    { clock, serverClock, random },
  );
  const connection = connectReader(
    {
      origin: org.url,
      credentials: { kind: 'ssws', token: new Secret(org.token) },
      timeoutMs: 20_000,
      maxRetries: 2,
      connections: 10,
      userAgent: 'okta-reset/test',
      env: {},
    },
    { clock, serverClock, random, pacing },
  );
  closers.push(async () => {
    pacing.close();
    await connection.close();
  });
  return { org, ...countReads(connection.reader) };
}

type Connected = Awaited<ReturnType<typeof connect>>;

async function plan({ org, reader }: Connected, rows: Iterable<Row>) {
  const ports = { reader, failureError };
  const tally = new PlanTally();
  const admins = await readAdmins(ports, never);
  const planned = await all(
    planRows(resolveRows(stream(rows), ports, { lookup: true }, never), {
      action: 'reset-password',
      policy: POLICY,
      protectedUsers: {
        principal: { kind: 'user', id: org.tokenOwnerId, login: 'owner' },
        admins,
        excluded: NOBODY,
      },
      exclusion: NOBODY_EXCLUDED,
      skip: 0,
      limit: undefined,
      tally,
    }),
  );
  return { planned, tally };
}

/** The right verdict for each user, from the org's own records. */
function expectedOf(org: Sandbox): string[] {
  const eligible = new Set(['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT']);
  return [...org.users()].map(({ id, admin, status, provider }) => {
    if (id === org.tokenOwnerId) return 'protected:self';
    if (admin) return 'protected:admin';
    if (status !== 'RECOVERY' && !eligible.has(status)) return `status:${status}`;
    if (provider !== 'OKTA' && provider !== 'IMPORT') return `provider:${provider}`;
    return status === 'RECOVERY' ? 'already-in-recovery' : 'act';
  });
}

describe('2,000 rows of a real org', () => {
  test.each([
    ['as it comes', {}, 52],
    ['where URLs over 700 characters are refused', { urlLimit: 700 }, 180],
  ] as const)('%s', async (_name, options, budget) => {
    const connected = await connect({ users: 2000, ...options });
    const { org, reads } = connected;
    const users = [...org.users()];
    const rows = users.map(({ id }, at) => rowOf({ kind: 'id', value: id as UserId }, at + 1));
    const { planned, tally } = await plan(connected, rows);
    expect(planned.map(({ userId }) => userId)).toEqual(users.map(({ id }) => id));
    expect(planned.map(({ verdict }) => (verdict.kind === 'act' ? 'act' : verdict.reason))).toEqual(
      expectedOf(org),
    );
    expect(tally.rows).toBe(2000);
    expect(reads()).toBeLessThanOrEqual(budget);
  });
});

test('logins and email addresses of all kinds find their user, or report that they name two', async () => {
  const connected = await connect({ users: 400, mix: { hostile: 0.2, sharedEmail: 0.1 } });
  const users = [...connected.org.users()];
  const shared = new Map<string, number>();
  for (const { email } of users) {
    const name = email.toLowerCase();
    shared.set(name, (shared.get(name) ?? 0) + 1);
  }
  const byLogin = users.map(({ login }, at) =>
    rowOf({ kind: 'login', value: login.toUpperCase() }, at + 1),
  );
  const ports = { reader: connected.reader, failureError };
  const logins = await all(resolveRows(stream(byLogin), ports, { lookup: true }, never));
  expect(
    logins.map(({ resolution }) => (resolution.kind === 'found' ? resolution.user.id : resolution)),
  ).toEqual(users.map(({ id }) => id));

  const byEmail = users.map(({ email }, at) => rowOf({ kind: 'email', value: email }, at + 1));
  const emails = await all(resolveRows(stream(byEmail), ports, { lookup: true }, never));
  expect(emails.map(({ resolution }) => resolution.kind)).toEqual(
    users.map(({ email }) => (shared.get(email.toLowerCase()) === 1 ? 'found' : 'ambiguous')),
  );
});

test('a credential that is not allowed to read roles is distinguished from an org without admins', async () => {
  const { reader } = await connect({ users: 20, rolesReadable: false });
  expect(await readAdmins({ reader, failureError }, never)).toMatchObject({
    kind: 'unreadable',
    why: expect.stringContaining('403'),
  });
});
