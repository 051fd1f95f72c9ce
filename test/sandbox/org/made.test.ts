import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { resolveOptions, type SandboxOptions } from '../../../src/sandbox/options.ts';
import { NO_CHAOS } from '../../../src/sandbox/chaos/chaos.ts';
import { DEFAULT_LIMITS } from '../../../src/sandbox/org/buckets.ts';
import { bigPolicy } from '../../../src/sandbox/wire/wire.ts';
import { Org } from '../../../src/sandbox/org/org.ts';
import { ManualClock, startRig, USERS } from '../rig.ts';

describe('options', () => {
  test('have these defaults', () => {
    const { tokens, ...rest } = resolveOptions({});
    expect(tokens).toEqual([expect.stringMatching(/^00[A-Za-z0-9_-]{40}$/)]);
    expect(rest).toEqual({
      host: '127.0.0.1',
      port: 0,
      seed: 1,
      users: 200,
      mix: {},
      admins: 2,
      owners: 1,
      withSessions: false,
      groups: 6,
      roles: ['SUPER_ADMIN'],
      app: undefined,
      limits: DEFAULT_LIMITS,
      windowMs: 60_000,
      windowStart: 'first-call',
      resetRounding: 'floor',
      tokenShare: 0.5,
      rivalShare: 0,
      concurrency: 37,
      latencyMs: 0,
      urlLimit: 8192,
      engine: 'oie',
      linkLifetimeMinutes: 60,
      tempPasswordQuery: 'honoured',
      gzip: 'asked',
      rolesReadable: true,
      policiesReadable: true,
      clockOffsetMs: 0,
      mailGapMs: 0,
      logDelayMs: 0,
      searchLagMs: 0,
      chaos: NO_CHAOS,
    });
  });

  test('that are given are kept', () => {
    const given = {
      ...{ host: '::1', port: 8080, seed: 7, users: 30, mix: { hostile: 1 }, admins: 3, groups: 9 },
      ...{
        withSessions: true,
        tokens: ['a', 'b', 'c'],
        roles: ['READ_ONLY_ADMIN'],
        windowMs: 1000,
      },
      ...{ windowStart: 'grid', resetRounding: 'ceil', tokenShare: 1, rivalShare: 0.5 },
      ...{ concurrency: 5, latencyMs: 10, urlLimit: 100, engine: 'classic', gzip: 'never' },
      ...{ linkLifetimeMinutes: 5, tempPasswordQuery: 'empty', rolesReadable: false },
      ...{
        policiesReadable: false,
        clockOffsetMs: -5,
        mailGapMs: 1,
        logDelayMs: 2,
        searchLagMs: 3,
      },
    } as const satisfies SandboxOptions;
    expect(resolveOptions(given)).toMatchObject(given);
    expect(resolveOptions({ limits: { users: 5 } }).limits).toEqual({
      ...DEFAULT_LIMITS,
      users: 5,
    });
  });

  test('about limits, admins and tokens go together', () => {
    expect(resolveOptions({ limits: 'off' })).toMatchObject({
      limits: 'off',
      concurrency: Number.POSITIVE_INFINITY,
    });
    expect(resolveOptions({ limits: 'off', concurrency: 3 }).concurrency).toBe(3);
    expect(resolveOptions({ concurrency: 'off' }).concurrency).toBe(Number.POSITIVE_INFINITY);
    expect(resolveOptions({ users: 1 })).toMatchObject({ admins: 1, owners: 1 });
    const owners = (admins: number, tokens: number) =>
      resolveOptions({ admins, tokens: Array.from({ length: tokens }, (_, at) => `t${at}`) })
        .owners;
    expect([owners(1, 1), owners(2, 1), owners(2, 2), owners(3, 2), owners(3, 5)]).toEqual([
      1, 1, 2, 2, 3,
    ]);
  });

  test.each([
    ['seed', 0, 0xffff_ffff],
    ['users', 1, 5_000_000],
    ['admins', 1, 200],
    ['port', 0, 65_535],
    ['groups', 1, 1000],
    ['windowMs', 1, 86_400_000],
    ['urlLimit', 64, 200_000],
  ])('%s is a whole number from %d to %d', (name, least, most) => {
    for (const value of [least, most])
      expect(resolveOptions({ [name]: value })).toMatchObject({ [name]: value });
    for (const value of [least - 1, most + 1, least + 0.5, Number.NaN])
      expect(() => resolveOptions({ [name]: value })).toThrow(
        expect.objectContaining({
          code: 'USAGE',
          message: `The sandbox's ${name} must be a whole number from ${least} to ${most}; got ${value}.`,
          hint: `Choose a number of ${name} in that range.`,
        }),
      );
  });

  test.each(['127.0.0.1', '::1', 'localhost'])('accept the loopback address %s', (host) => {
    expect(resolveOptions({ host }).host).toBe(host);
  });
});

describe('an org', () => {
  // What a seed makes is part of reports and rehearsals, so a change of it is a change for users.
  test.each([
    [1, 'be474fb4b7aefd4e'],
    [7, '7c264bb22ed22b20'],
  ])('of seed %d is the same in every version', async (seed, digest) => {
    const rig = await startRig({ seed, users: 600, limits: 'off' });
    const hash = createHash('sha256');
    const paths = [
      `${USERS}?limit=200`,
      `${USERS}?limit=200&search=${encodeURIComponent('profile.city sw "T" or status eq "STAGED"')}`,
      '/api/v1/groups',
      ...[...rig.org.users()].slice(2, 40).map(({ id }) => `${USERS}/${id}/factors`),
    ];
    for (const path of paths) hash.update((await rig.get(path)).text.replaceAll(rig.org.url, ''));
    hash.update(JSON.stringify([rig.org.token, ...rig.org.users()]));
    await rig.close();
    expect(hash.digest('hex').slice(0, 16)).toBe(digest);
  });

  test('of a seed issues the same tokens, links, ids and events in every version', async () => {
    const rig = await startRig({
      ...{ seed: 7, users: 60, admins: 3, tokens: ['one', 'two'], limits: 'off' },
      ...{
        roles: ['ORG_ADMIN', 'CUSTOM'],
        rolesReadable: true,
        mix: { bounced: 0.4, scanned: 0.4 },
      },
    });
    const hash = createHash('sha256');
    const take = (status: string) =>
      [...rig.org.users()].find((user) => !user.admin && user.status === status)!.id;
    const [active, staged, pending] = ['ACTIVE', 'STAGED', 'PROVISIONED'].map(take);
    for (const [method, path] of [
      ['GET', '/.well-known/okta-organization'],
      ['GET', '/api/v1/policies?type=PASSWORD'],
      ['GET', '/api/v1/api-tokens'],
      ['GET', '/api/v1/principal-rate-limits?filter=principalType+eq+%22SSWS_TOKEN%22'],
      ['GET', '/api/v1/iam/assignees/users'],
      ['GET', `${USERS}/me`],
      ['GET', `${USERS}/${rig.org.tokenOwnerId}/roles`],
      ['POST', `${USERS}/${active}/lifecycle/reset_password?sendEmail=false`],
      ['POST', `${USERS}/${active}/lifecycle/reset_password?sendEmail=true`],
      ['POST', `${USERS}/${active}/lifecycle/expire_password?tempPassword=true`],
      ['POST', `${USERS}/${staged}/lifecycle/activate?sendEmail=false`],
      ['POST', `${USERS}/${pending}/lifecycle/reactivate`],
      ['POST', '/sandbox/tokens'],
      ['GET', '/sandbox/outbox'],
      ['GET', '/sandbox/stats'],
      ['GET', '/api/v1/logs?limit=1000'],
    ] as const) {
      const got = await rig.send(method, path, { authorization: 'SSWS one' });
      hash.update(
        `${String(got.headers['x-okta-request-id'])} ${got.text.replaceAll(rig.org.url, '')}`,
      );
      rig.clock.advance(1000);
    }
    await rig.close();
    expect(hash.digest('hex').slice(0, 16)).toBe('0fbd8348b0266da5');
  });

  test('of a seed has the same troubles with agents and email in every version', () => {
    const mix = {
      ...{ providers: { LDAP: 1, OKTA: 1, ACTIVE_DIRECTORY: 1 }, bounced: 0.3, scanned: 0.3 },
      ...{ agentTimeout: 0.4, agentAbsent: 0.2, agentDenied: 0.2 },
    };
    const org = new Org(resolveOptions({ seed: 7, users: 60, admins: 1, mix }), new ManualClock());
    const letters = { timeout: 't', 'timeout-after': 'T', absent: 'a', denied: 'd', none: '.' };
    const shown = (letterOf: (index: number) => string) =>
      Array.from({ length: 60 }, (_, index) => letterOf(index)).join('');
    const trouble = (index: number) => letters[org.agentTrouble(index) ?? 'none'];
    expect([
      shown(trouble),
      shown((index) => (org.bounces(index) ? 'b' : '.')),
      shown((index) => (org.scanner.open(index) ? 's' : '.')),
    ]).toEqual([
      '...Ta.a.t.aT.d.t..d.T...T..d.a.tddd.d.t.Ta.a.adTd.d.t.t..d.T',
      'bb....b..b.....b.bb....b...........bb..b........b..b.b.b..bb',
      '..sss.sss..s.s.s......s.s..s..........s...s..ss.ss.ss..s.s.s',
    ]);
    for (let index = 0; index < 60; index += 1) {
      if (org.table.providerOf(index) === 'OKTA') expect(trouble(index)).toBe('.');
      expect(org.scanner.hasOpened(index)).toBe(org.scanner.open(index));
    }
  });

  test('with many trusted origins has a policy of a little more than 20 KiB', () => {
    const [name, policy = ''] = bigPolicy();
    expect(name).toBe('Content-Security-Policy');
    expect(policy).toMatch(
      /^default-src 'self'; connect-src 'self'( https:\/\/app-\d+\.partner\.example)+$/,
    );
    expect(policy.length).toBeGreaterThanOrEqual(20 * 1024);
    expect(policy.length).toBeLessThan(20 * 1024 + 40);
  });
});

describe('an observer', () => {
  test('asks about an id that the org does not have, and learns and changes nothing', async () => {
    const rig = await startRig({ users: 5 });
    const { org } = rig;
    const nobody = '00uNOBODYNOBODYNOBOD';
    const before = [...org.users()];
    for (const ask of [org.user, org.effects, org.currentTempPassword])
      expect(ask(nobody)).toBeUndefined();
    org.putOutOfReach(nobody);
    org.putInReach(nobody);
    for (const act of [org.finish, org.suspend, org.unsuspend, org.signIn, org.enrol])
      expect(act(nobody)).toBe(false);
    expect(org.revokeToken('nothing')).toBe(false);
    expect([...org.users()]).toEqual(before);
    await rig.close();
  });

  test('suspends and takes out of reach, at Okta’s time, and both can be undone', async () => {
    const rig = await startRig({ users: 60, limits: 'off', clockOffsetMs: 90_000 });
    const { org } = rig;
    const is = (status: string) => [...org.users()].slice(2).find((u) => u.status === status)!.id;
    const [active, staged] = [is('ACTIVE'), is('STAGED')];
    expect([org.suspend(staged), org.unsuspend(active)]).toEqual([false, false]);
    const nowMs = Math.floor((rig.clock.nowMs() + 90_000) / 1000) * 1000;
    expect(org.suspend(active)).toBe(true);
    expect(org.user(active)).toMatchObject({ status: 'SUSPENDED', statusChangedMs: nowMs });
    rig.clock.advance(5000);
    expect(org.unsuspend(active)).toBe(true);
    expect(org.user(active)).toMatchObject({ status: 'ACTIVE', statusChangedMs: nowMs + 5000 });
    const factors = async () =>
      (await rig.post(`${USERS}/${active}/lifecycle/reset_factors`)).status;
    org.putOutOfReach(active);
    expect([await factors(), (await rig.get(`${USERS}/${active}`)).status]).toEqual([403, 200]);
    org.putInReach(active);
    expect(await factors()).toBe(200);
    await rig.close();
  });
});

describe('a user’s own steps', () => {
  test('change what the org shows of them, at Okta’s time', async () => {
    const rig = await startRig({ users: 100, limits: 'off', clockOffsetMs: 90_000 });
    const nowMs = () => Math.floor((rig.clock.nowMs() + 90_000) / 1000) * 1000;
    const user = [...rig.org.users()].find(
      ({ admin, status, provider, factors }) =>
        !admin && status === 'ACTIVE' && provider === 'OKTA' && factors === 0,
    )!;
    const { id } = user;
    const shown = async () =>
      (await rig.get(`${USERS}/${id}`)).json as Readonly<Record<string, unknown>>;
    expect(rig.org.signIn(id)).toBe(true);
    expect(rig.org.user(id)).toMatchObject({
      sessions: user.sessions + 1,
      oauthTokens: user.oauthTokens + 1,
      statusChangedMs: user.statusChangedMs,
    });
    expect(Date.parse(String((await shown())['lastLogin']))).toBe(nowMs());
    expect([rig.org.enrol(id), rig.org.enrol(id), rig.org.enrol(id)]).toEqual([true, true, false]);
    expect(rig.org.user(id)!.factors).toBe(2);
    rig.clock.advance(5000);
    await rig.post(`${USERS}/${id}/lifecycle/expire_password?tempPassword=true`);
    expect(rig.org.user(id)!.statusChangedMs).toBe(nowMs());
    rig.clock.advance(5000);
    expect(rig.org.finish(id)).toBe(true);
    expect(rig.org.user(id)).toMatchObject({
      status: 'ACTIVE',
      statusChangedMs: nowMs(),
      passwordChangedMs: nowMs(),
    });
    expect(Date.parse(String((await shown())['lastLogin']))).toBe(nowMs());
    expect(rig.org.currentTempPassword(id)).toBeUndefined();
    expect(rig.org.finish(id)).toBe(false);
    await rig.close();
  });

  test('can use a link to its last millisecond, and no longer', async () => {
    const rig = await startRig({ users: 60, limits: 'off', linkLifetimeMinutes: 10 });
    const reset = async (waitMs: number) => {
      const { id } = [...rig.org.users()].find(
        ({ admin, status, provider }) => !admin && status === 'ACTIVE' && provider === 'OKTA',
      )!;
      await rig.post(`${USERS}/${id}/lifecycle/reset_password`);
      const sentMs = rig.org.user(id)!.statusChangedMs ?? 0;
      rig.clock.advance(sentMs + waitMs - rig.clock.nowMs());
      return rig.org.finish(id);
    };
    expect([await reset(600_000), await reset(600_001)]).toEqual([true, false]);
    await rig.close();
  });
});
