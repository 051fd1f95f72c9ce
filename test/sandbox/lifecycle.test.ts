import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROVIDER_TYPES, USER_STATUSES } from '../../src/domain/org/user.ts';
import { startRig, taker, USERS, type Rig } from './rig.ts';

const even = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 1]));

let rig: Rig;
let take: (status: string, provider: string) => string;
beforeAll(async () => {
  rig = await startRig({
    users: 1200,
    limits: 'off',
    mix: { statuses: even(USER_STATUSES), providers: even(PROVIDER_TYPES), secondEmail: 0.5 },
  });
  take = taker(rig.org);
});
afterAll(() => rig.close());

const PASSWORD = ['ACTIVE', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'RECOVERY'];
const ELSEWHERE = ['FEDERATION', 'SOCIAL'];

/** What Okta does, according to its documents: the resulting status, or the refusal's status and code. */
function resetOutcome(status: string, provider: string): string {
  if (status === 'STAGED') return '403 E0000017';
  if (status === 'SUSPENDED' || status === 'DEPROVISIONED') return '403 E0000038';
  return provider === 'SOCIAL' ? 'PROVISIONED' : 'RECOVERY';
}

function expireOutcome(status: string, provider: string): string {
  if (!PASSWORD.includes(status)) return '403 E0000038';
  return ELSEWHERE.includes(provider) ? '403 E0000017' : 'PASSWORD_EXPIRED';
}

const combinations = USER_STATUSES.flatMap((status) =>
  PROVIDER_TYPES.map((provider) => [status, provider] as const),
);

describe.each(combinations)('%s %s', (status, provider) => {
  async function call(path: string) {
    rig.clock.advance(5000);
    const id = take(status, provider);
    const before = rig.org.user(id)!;
    const got = await rig.post(`${USERS}/${id}/lifecycle/${path}`);
    const outcome =
      got.status === 200 ? rig.org.user(id)!.status : `${got.status} ${got.json.errorCode}`;
    return { id, before, got, outcome, after: rig.org.user(id)!, effects: rig.org.effects(id)! };
  }
  const nowS = () => Math.floor(rig.clock.nowMs() / 1000) * 1000;

  test('reset_password with email', async () => {
    const { before, got, outcome, after, effects } = await call('reset_password?sendEmail=true');
    expect(outcome).toBe(resetOutcome(status, provider));
    const done = got.status === 200;
    expect(effects.mails).toBe(done ? 1 : 0);
    expect(effects.resets).toBe(done ? 1 : 0);
    expect(after.passwordChangedMs).toBe(before.passwordChangedMs);
    expect(after.sessions).toBe(before.sessions);
    expect(after.statusChangedMs).toBe(done ? nowS() : before.statusChangedMs);
    expect(after.provider).toBe(done && ELSEWHERE.includes(provider) ? 'OKTA' : provider);
    if (done) expect(got.text).toBe('{}');
  });

  test('reset_password without email', async () => {
    const { id, got, outcome, effects } = await call('reset_password?sendEmail=false');
    expect(outcome).toBe(resetOutcome(status, provider));
    expect(effects.mails).toBe(0);
    if (got.status !== 200) return;
    expect(Object.keys(got.json as object)).toEqual(['resetPasswordUrl']);
    expect(got.json.resetPasswordUrl).toMatch(
      new RegExp(`^${rig.org.url}/reset_password/[A-Za-z0-9]{20}$`),
    );
    expect(rig.org.effects(id)!.resets).toBe(1);
  });

  test('expire_password', async () => {
    const { id, before, got, outcome, after } = await call('expire_password');
    expect(outcome).toBe(expireOutcome(status, provider));
    expect(after.passwordChangedMs).toBe(before.passwordChangedMs);
    if (got.status !== 200) return;
    expect(got.json.status).toBe('PASSWORD_EXPIRED');
    expect(Date.parse(String(got.json.statusChanged))).toBe(before.statusChangedMs);
    const later = await rig.get(`${USERS}/${id}`);
    expect(Date.parse(String(later.json.statusChanged))).toBe(nowS());
  });

  test.each(['expire_password?tempPassword=true', 'expire_password_with_temp_password'])(
    '%s',
    async (path) => {
      const { id, before, got, outcome, after } = await call(path);
      expect(outcome).toBe(expireOutcome(status, provider));
      const done = got.status === 200;
      expect(after.passwordChangedMs).toBe(done ? nowS() : before.passwordChangedMs);
      expect(rig.org.currentTempPassword(id)).toBe(done ? got.json.tempPassword : undefined);
      if (done) expect(got.json.tempPassword).toMatch(/^[A-Za-z0-9]{12}$/);
      expect(after.sessions).toBe(before.sessions);
    },
  );
});

describe('besides the matrix', () => {
  const outcomeOf = async (call: string, status: string, provider = 'OKTA') => {
    const id = take(status, provider);
    const got = await rig.post(`${USERS}/${id}/${call}`);
    return got.status < 300
      ? rig.org.user(id)!.status
      : `${got.status} ${got.json.errorCode} ${got.json.errorCauses[0]?.errorSummary ?? ''}`.trim();
  };

  test.each([
    ['lifecycle/unlock', 'LOCKED_OUT', 'OKTA', 'ACTIVE'],
    ['lifecycle/unlock', 'ACTIVE', 'OKTA', '403 E0000032 The user is not locked out.'],
    ['lifecycle/unlock', 'LOCKED_OUT', 'LDAP', '403 E0000032'],
    ['lifecycle/reactivate', 'PROVISIONED', 'OKTA', 'PROVISIONED'],
    ['lifecycle/reactivate', 'ACTIVE', 'OKTA', '403 E0000038'],
    ['lifecycle/activate', 'STAGED', 'OKTA', 'PROVISIONED'],
    ['lifecycle/activate', 'ACTIVE', 'OKTA', '403 E0000016'],
    ['lifecycle/deactivate', 'ACTIVE', 'OKTA', 'DEPROVISIONED'],
    ['lifecycle/suspend', 'ACTIVE', 'OKTA', 'SUSPENDED'],
    ['lifecycle/unsuspend', 'SUSPENDED', 'OKTA', 'ACTIVE'],
    ['credentials/forgot_password', 'ACTIVE', 'OKTA', 'ACTIVE'],
    ['credentials/forgot_password', 'ACTIVE', 'SOCIAL', '403 E0000034'],
    ['credentials/forgot_password', 'SUSPENDED', 'OKTA', '403 E0000034'],
  ])('%s of a %s %s user: %s', async (call, status, provider, outcome) => {
    expect(await outcomeOf(call, status, provider)).toBe(outcome);
  });

  test('suspending twice is a 400', async () => {
    expect(await outcomeOf('lifecycle/suspend', 'SUSPENDED')).toMatch(/^400 E0000001/);
  });

  test('sessions end with revokeSessions, tokens only with oauthTokens', async () => {
    const id = take('ACTIVE', 'OKTA');
    await rig.post(`${USERS}/${id}/lifecycle/reset_password?sendEmail=true&revokeSessions=true`);
    expect(rig.org.user(id)).toMatchObject({ sessions: 0 });
    expect(rig.org.user(id)!.oauthTokens).toBeGreaterThan(0);
    const got = await rig.send('DELETE', `${USERS}/${id}/sessions?oauthTokens=true`);
    expect([got.status, got.text]).toEqual([204, '']);
    expect(rig.org.user(id)).toMatchObject({ sessions: 0, oauthTokens: 0 });
    expect(rig.org.effects(id)).toMatchObject({ sessionRevocations: 2, tokenRevocations: 1 });
  });

  test('an omitted sendEmail emails the user', async () => {
    const id = take('ACTIVE', 'OKTA');
    expect((await rig.post(`${USERS}/${id}/lifecycle/reset_password`)).status).toBe(200);
    expect(rig.org.effects(id)!.mails).toBe(1);
  });

  test('a flag that is neither true nor false is refused before any effect', async () => {
    const id = take('ACTIVE', 'OKTA');
    const got = await rig.post(`${USERS}/${id}/lifecycle/reset_password?sendEmail=maybe`);
    expect([got.status, got.json.errorCode]).toEqual([400, 'E0000001']);
    expect(rig.org.effects(id)!.resets).toBe(0);
  });

  test('a reset emails the second address as well, and ends the temporary password', async () => {
    const user = [...rig.org.users()].find(
      (one) => one.secondEmail !== undefined && one.status === 'ACTIVE' && one.provider === 'OKTA',
    )!;
    await rig.post(`${USERS}/${user.id}/lifecycle/expire_password_with_temp_password`);
    expect(rig.org.currentTempPassword(user.id)).toBeDefined();
    await rig.post(`${USERS}/${user.id}/lifecycle/reset_password?sendEmail=true`);
    expect(rig.org.currentTempPassword(user.id)).toBeUndefined();
    const mail = [...rig.org.outbox()].find(({ userId }) => userId === user.id)!;
    expect(mail).toMatchObject({ type: 'reset-password', to: [user.email, user.secondEmail] });
  });

  test('lifecycle accepts id, login and short login; sessions and credentials accept only the id', async () => {
    const user = rig.org.user(take('PASSWORD_EXPIRED', 'OKTA'))!;
    const login = encodeURIComponent(user.login.toUpperCase());
    const short = encodeURIComponent(user.login.split('@')[0]!);
    for (const name of [user.id, login, short]) {
      const got = await rig.post(`${USERS}/${name}/lifecycle/expire_password`);
      expect([name, got.status, got.json.id]).toEqual([name, 200, user.id]);
    }
    expect((await rig.send('DELETE', `${USERS}/${login}/sessions`)).status).toBe(404);
    expect((await rig.post(`${USERS}/${short}/credentials/forgot_password`)).status).toBe(404);
    const otherCase = user.id.slice(0, 3) + user.id.slice(3).toLowerCase();
    expect((await rig.get(`${USERS}/${otherCase}`)).json.errorCode).toBe('E0000007');
  });

  test('a user finishes a reset while the link is valid, not after', async () => {
    const [quick, slow] = [take('ACTIVE', 'OKTA'), take('ACTIVE', 'IMPORT')];
    await rig.post(`${USERS}/${quick}/lifecycle/reset_password?sendEmail=true`);
    await rig.post(`${USERS}/${slow}/lifecycle/reset_password?sendEmail=true`);
    rig.clock.advance(59 * 60_000);
    expect(rig.org.finish(quick)).toBe(true);
    expect(rig.org.user(quick)!.status).toBe('ACTIVE');
    rig.clock.advance(2 * 60_000);
    expect(rig.org.finish(slow)).toBe(false);
    expect(rig.org.user(slow)!.status).toBe('RECOVERY');
  });

  test('provider=FEDERATION makes a federated user', async () => {
    const id = take('ACTIVE', 'IMPORT');
    await rig.post(`${USERS}/${id}/lifecycle/reset_password?provider=FEDERATION&sendEmail=false`);
    expect(rig.org.user(id)!.provider).toBe('FEDERATION');
  });
});

test('an org that ignores tempPassword answers with the User and changes no password', async () => {
  const own = await startRig({ tempPasswordQuery: 'ignored', limits: 'off' });
  const id = taker(own.org)('ACTIVE', 'OKTA');
  const before = own.org.user(id)!.passwordChangedMs;
  const got = await own.post(`${USERS}/${id}/lifecycle/expire_password?tempPassword=true`);
  expect(got.json).toMatchObject({ id, status: 'PASSWORD_EXPIRED' });
  expect(got.json.tempPassword).toBeUndefined();
  expect(own.org.user(id)!.passwordChangedMs).toBe(before);
  await own.close();
});

test('directory agents fail per user: denied, absent, too slow before or after the effect', async () => {
  const own = await startRig({
    users: 300,
    limits: 'off',
    mix: {
      providers: { ACTIVE_DIRECTORY: 1 },
      statuses: { ACTIVE: 1 },
      agentTimeout: 0.4,
      agentAbsent: 0.2,
      agentDenied: 0.2,
    },
  });
  const seen = new Map<string, Set<number>>();
  for (const { id, admin } of own.org.users()) {
    if (admin) continue;
    const got = await own.post(`${USERS}/${id}/lifecycle/reset_password?sendEmail=true`);
    const key = got.status === 200 ? 'ok' : `${got.status} ${got.json.errorCode}`;
    seen.set(key, (seen.get(key) ?? new Set()).add(own.org.effects(id)!.resets));
  }
  await own.close();
  expect(Object.fromEntries([...seen].map(([key, set]) => [key, [...set].sort()]))).toEqual({
    ok: [1],
    '403 E0000006': [0],
    '504 E0000241': [0],
    '502 E0000240': [0, 1],
  });
});

test('with a mail gap, a second email within it is E0000118 and changes nothing', async () => {
  const own = await startRig({ mailGapMs: 5000, limits: 'off' });
  const id = taker(own.org)('ACTIVE', 'OKTA');
  const path = `${USERS}/${id}/lifecycle/reset_password?sendEmail=true`;
  expect((await own.post(path)).status).toBe(200);
  const second = await own.post(path);
  expect([second.status, second.json.errorCode]).toEqual([429, 'E0000118']);
  expect(own.org.effects(id)).toMatchObject({ resets: 1, mails: 1 });
  own.clock.advance(6000);
  expect((await own.post(path)).status).toBe(200);
  await own.close();
});
