import { afterEach, describe, expect, test } from '@jest/globals';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { rows, startRig, taker, USERS, type Got, type Rig } from '../rig.ts';

let rig: Rig;
let take: (status: string, provider: string) => string;
afterEach(() => rig.close());

async function start(options: SandboxOptions = {}): Promise<void> {
  rig = await startRig({ users: 200, limits: 'off', ...options });
  take = taker(rig.org);
}

interface LogShown {
  readonly eventType: string;
  readonly outcome: { readonly result: string };
  readonly target: readonly { readonly id: string }[] | null;
}

async function eventsOf(id: string): Promise<readonly string[]> {
  rig.clock.advance(1);
  const got = await rig.get(`/api/v1/logs?filter=${encodeURIComponent(`target.id eq "${id}"`)}`);
  return rows<LogShown>(got).map(({ eventType, outcome }) => `${eventType} ${outcome.result}`);
}

/** Each write, a user whom it is for, what it counts, and what the System Log says afterwards. */
const WRITES: readonly (readonly [
  call: string,
  status: string,
  counts: Readonly<Record<string, number>>,
  events: readonly string[],
])[] = [
  [
    'POST lifecycle/reset_password?sendEmail=true&revokeSessions=true',
    'ACTIVE',
    { resets: 1, mails: 1, sessionRevocations: 1 },
    ['user.account.reset_password', 'user.session.clear', 'system.email.delivery'],
  ],
  [
    'POST lifecycle/reset_password?sendEmail=false',
    'ACTIVE',
    { resets: 1 },
    ['user.account.reset_password'],
  ],
  [
    'POST lifecycle/expire_password',
    'ACTIVE',
    { expirations: 1 },
    ['user.account.expire_password'],
  ],
  [
    'POST lifecycle/expire_password?tempPassword=true',
    'ACTIVE',
    { tempPasswords: 1 },
    ['user.account.update_password', 'user.account.expire_password'],
  ],
  [
    'POST lifecycle/expire_password_with_temp_password?revokeSessions=true',
    'ACTIVE',
    { tempPasswords: 1, sessionRevocations: 1 },
    ['user.session.clear', 'user.account.update_password', 'user.account.expire_password'],
  ],
  ['DELETE sessions', 'ACTIVE', { sessionRevocations: 1 }, ['user.session.clear']],
  [
    'DELETE sessions?oauthTokens=true',
    'ACTIVE',
    { sessionRevocations: 1, tokenRevocations: 1 },
    ['user.session.clear'],
  ],
  ['POST lifecycle/reactivate', 'PROVISIONED', { reactivations: 1 }, ['user.lifecycle.reactivate']],
  [
    'POST lifecycle/activate',
    'STAGED',
    { reactivations: 1, mails: 1 },
    ['user.lifecycle.activate', 'system.email.delivery'],
  ],
  ['POST lifecycle/reset_factors', 'ACTIVE', { factorResets: 1 }, ['user.mfa.factor.reset_all']],
  ['POST lifecycle/suspend', 'ACTIVE', { suspensions: 1, other: 1 }, ['user.lifecycle.suspend']],
  [
    'POST lifecycle/unsuspend',
    'SUSPENDED',
    { unsuspensions: 1, other: 1 },
    ['user.lifecycle.unsuspend'],
  ],
  ['POST lifecycle/deactivate', 'ACTIVE', { other: 1 }, ['user.lifecycle.deactivate']],
  ['POST lifecycle/unlock', 'LOCKED_OUT', { unlocks: 1 }, ['user.account.unlock_by_admin']],
  ['POST credentials/forgot_password', 'ACTIVE', { mails: 1, other: 1 }, ['system.email.delivery']],
];

describe('a write', () => {
  test.each(WRITES)('%s counts and logs what it did', async (call, status, counts, events) => {
    await start();
    const id = take(status, 'OKTA');
    const [method = '', path = ''] = call.split(' ');
    expect((await rig.send(method, `${USERS}/${id}/${path}`)).status).toBeLessThan(300);
    const { effects } = rig.org.stats();
    const shown = Object.fromEntries(
      Object.entries(effects)
        .map(([name, value]) => [name, typeof value === 'number' ? value : value.total] as const)
        .filter(([, value]) => value > 0),
    );
    expect(shown).toEqual(counts);
    expect(rig.org.effects(id)).toEqual(
      Object.fromEntries(
        Object.entries(effects).flatMap(([name, value]) =>
          typeof value === 'number' ? [] : [[name, counts[name] ?? 0]],
        ),
      ),
    );
    expect(await eventsOf(id)).toEqual(events.map((event) => `${event} SUCCESS`));
  });

  test('to a user who is not there is a 404 and counts nothing', async () => {
    await start();
    for (const [call] of WRITES) {
      const [method = '', path = ''] = call.split(' ');
      const got = await rig.send(method, `${USERS}/00uNOBODYNOBODYNOBOD/${path}`);
      expect([call, got.status, got.json.errorCode]).toEqual([call, 404, 'E0000007']);
    }
    const counts = Object.values(rig.org.stats().effects);
    expect(counts.filter((value) => value !== 0 && typeof value === 'number')).toEqual([]);
    rig.clock.advance(1);
    expect(rows(await rig.get('/api/v1/logs'))).toEqual([]);
  });

  test('counts by user: how often in total, to how many, and how often to one at most', async () => {
    await start();
    const [one, two] = [take('ACTIVE', 'OKTA'), take('ACTIVE', 'OKTA')];
    for (const id of [one, two, two, two])
      await rig.post(`${USERS}/${id}/lifecycle/expire_password`);
    expect(rig.org.stats().effects.expirations).toEqual({ total: 4, users: 2, most: 3 });
    expect(rig.org.stats().effects.resets).toEqual({ total: 0, users: 0, most: 0 });
  });

  test.each([
    ['POST', 'lifecycle/reset_password', 'sendEmail'],
    ['POST', 'lifecycle/reset_password', 'revokeSessions'],
    ['POST', 'lifecycle/expire_password', 'tempPassword'],
    ['POST', 'lifecycle/expire_password_with_temp_password', 'revokeSessions'],
    ['DELETE', 'sessions', 'oauthTokens'],
    ['DELETE', 'sessions', 'forgetDevices'],
    ['POST', 'lifecycle/reactivate', 'sendEmail'],
    ['POST', 'lifecycle/activate', 'sendEmail'],
    ['POST', 'credentials/forgot_password', 'sendEmail'],
  ])(
    '%s %s refuses %s that is neither true nor false, before any effect',
    async (method, path, name) => {
      await start();
      const id = take('ACTIVE', 'OKTA');
      const before = rig.org.user(id);
      const got = await rig.send(method, `${USERS}/${id}/${path}?${name}=maybe`);
      expect([got.status, got.json.errorCode]).toEqual([400, 'E0000001']);
      expect(got.json.errorSummary).toBe(`Api validation failed: ${name}`);
      expect(got.json.errorCauses).toEqual([{ errorSummary: `${name}: must be true or false` }]);
      expect(rig.org.user(id)).toEqual(before);
      expect(await eventsOf(id)).toEqual([]);
    },
  );

  test.each(['true', 'TRUE', 'True'])('reads %s in any case', async (text) => {
    await start();
    const id = take('ACTIVE', 'OKTA');
    await rig.send('DELETE', `${USERS}/${id}/sessions?oauthTokens=${text}`);
    expect(rig.org.user(id)!.oauthTokens).toBe(0);
  });

  test('that suspends ends the sessions and leaves the tokens; none else does', async () => {
    await start({ withSessions: true });
    const of = async (status: string, call: string) => {
      const id = take(status, 'OKTA');
      const before = rig.org.user(id)!;
      await rig.post(`${USERS}/${id}/lifecycle/${call}`);
      const after = rig.org.user(id)!;
      return [after.sessions === before.sessions, after.oauthTokens === before.oauthTokens];
    };
    expect(await of('ACTIVE', 'suspend')).toEqual([false, true]);
    expect(await of('ACTIVE', 'deactivate')).toEqual([true, true]);
    expect(await of('LOCKED_OUT', 'unlock')).toEqual([true, true]);
    expect(await of('ACTIVE', 'reset_factors')).toEqual([true, true]);
  });

  test('that makes a federated user takes the password, and the sessions if asked to', async () => {
    await start({ withSessions: true });
    for (const revoke of [false, true]) {
      const id = take('PASSWORD_EXPIRED', 'OKTA');
      const { sessions } = rig.org.user(id)!;
      const path = `${USERS}/${id}/lifecycle/reset_password?provider=FEDERATION&revokeSessions=${revoke}`;
      expect((await rig.post(path)).text).toBe('{}');
      expect(rig.org.user(id)).toMatchObject({
        status: 'ACTIVE',
        provider: 'FEDERATION',
        passwordChangedMs: undefined,
        sessions: revoke ? 0 : sessions,
      });
      expect((await rig.get(`${USERS}/${id}`)).json.credentials).not.toHaveProperty('password');
      expect(rig.org.effects(id)).toMatchObject({ resets: 0, mails: 0 });
    }
    expect(rig.org.stats().effects.conversions).toBe(2);
    const directory = take('ACTIVE', 'LDAP');
    const got = await rig.post(
      `${USERS}/${directory}/lifecycle/reset_password?provider=FEDERATION`,
    );
    expect([got.status, got.json.errorCode]).toEqual([400, 'E0000001']);
  });
});

describe('the answer of', () => {
  const LINK = /^[A-Za-z0-9]{20}$/;
  test.each([
    ['oie', 'lifecycle/reactivate', 'PROVISIONED', /\/tokens\/(\w+)\/verify$/],
    ['classic', 'lifecycle/reactivate', 'PROVISIONED', /\/welcome\/(\w+)$/],
    ['oie', 'lifecycle/activate?sendEmail=false', 'STAGED', /\/tokens\/(\w+)\/verify$/],
  ] as const)(
    '%s, %s without email, has the link and its token',
    async (engine, call, status, link) => {
      await start({ engine });
      const { json } = await rig.post(`${USERS}/${take(status, 'OKTA')}/${call}`);
      expect(Object.keys(json as object)).toEqual(['activationUrl', 'activationToken']);
      expect(String(json.activationUrl).startsWith(`${rig.org.url}/`)).toBe(true);
      expect(link.exec(String(json.activationUrl))?.[1]).toBe(json.activationToken);
      expect(json.activationToken).toMatch(LINK);
      expect([...rig.org.outbox()]).toEqual([]);
    },
  );

  test.each([
    ['lifecycle/reactivate?sendEmail=true', 'PROVISIONED', 'activation'],
    ['lifecycle/activate', 'STAGED', 'activation'],
    ['lifecycle/reset_password', 'ACTIVE', 'reset-password'],
    ['credentials/forgot_password', 'ACTIVE', 'forgot-password'],
  ])('%s with email is empty, and the email is %s', async (call, status, type) => {
    await start();
    const id = take(status, 'OKTA');
    expect((await rig.post(`${USERS}/${id}/${call}`)).text).toBe('{}');
    expect([...rig.org.outbox()]).toMatchObject([{ type, userId: id }]);
  });

  test('forgot_password without email has a new link each time', async () => {
    await start();
    const path = `${USERS}/${take('ACTIVE', 'OKTA')}/credentials/forgot_password?sendEmail=false`;
    const first = await rig.post(path);
    const second = await rig.post(path);
    for (const { json } of [first, second])
      expect(json.resetPasswordUrl).toContain(`${rig.org.url}/signin/reset-password/`);
    expect(first.text).not.toBe(second.text);
    expect([...rig.org.outbox()]).toEqual([]);
  });

  test('reset_factors is nothing', async () => {
    await start();
    const got = await rig.post(`${USERS}/${take('ACTIVE', 'OKTA')}/lifecycle/reset_factors`);
    expect([got.status, got.text, got.headers['content-type']]).toEqual([200, '', undefined]);
  });

  test.each([
    ['oie', 12],
    ['classic', 8],
  ] as const)('%s has temporary passwords of %d characters', async (engine, length) => {
    await start({ engine });
    const path = `${USERS}/${take('ACTIVE', 'OKTA')}/lifecycle/expire_password?tempPassword=true`;
    expect(String((await rig.post(path)).json.tempPassword)).toHaveLength(length);
  });
});

describe('email', () => {
  const refusal = (got: Got): readonly unknown[] => [got.status, got.json.errorCode];

  test('that bounces, or that a scanner opens, is in the System Log', async () => {
    for (const [engine, event] of [
      ['oie', 'system.email.challenge_factor_redeemed SUCCESS'],
      ['classic', 'user.account.use_token FAILURE'],
    ] as const) {
      await start({ engine, mix: { bounced: 1, scanned: 1 } });
      const id = take('ACTIVE', 'OKTA');
      await rig.post(`${USERS}/${id}/lifecycle/reset_password`);
      expect(await eventsOf(id)).toEqual([
        'user.account.reset_password SUCCESS',
        'system.email.delivery FAILURE',
        event,
      ]);
      expect(rig.org.finish(id)).toBe(false);
      const log = rows<{ readonly client: { readonly ipAddress: string } }>(
        await rig.get('/api/v1/logs?limit=1000'),
      );
      // The one who opened it is not where the admin is.
      expect(log.map(({ client }) => client.ipAddress)).toEqual([
        ...['127.0.0.1', '127.0.0.1', expect.stringMatching(/^198\.51\.100\.\d+$/)],
      ]);
      const other = take('STAGED', 'OKTA');
      await rig.post(`${USERS}/${other}/lifecycle/activate`);
      expect((await eventsOf(other)).at(-1)).toBe('system.email.delivery FAILURE');
      if (engine === 'oie') await rig.close();
    }
  });

  test('too soon after the last one is refused and counted; the first and a late one are not', async () => {
    await start({ mailGapMs: 5000 });
    const path = `${USERS}/${take('ACTIVE', 'OKTA')}/lifecycle/reset_password`;
    expect((await rig.post(path)).status).toBe(200);
    rig.clock.advance(4000);
    expect(refusal(await rig.post(path))).toEqual([429, 'E0000118']);
    expect((await rig.post(`${path}?sendEmail=false`)).status).toBe(200);
    rig.clock.advance(750);
    expect((await rig.post(path)).status).toBe(200);
    expect(rig.org.stats().throttled).toEqual({ window: 0, concurrency: 0, mail: 1 });
  });
});
