/** What doctor says about roles, scopes, access and limits, and who the org says we are. */
import { failFrom, giveBack, sound } from '../faults/failing-disk.ts';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readdir, rm } from 'node:fs/promises';
import { checkAccess } from '../../src/app/doctor/access.ts';
import type { Finding } from '../../src/app/doctor/finding.ts';
import { checkClock, checkDisk, checkLimits, diskFinding } from '../../src/app/doctor/machine.ts';
import { judgeRoles } from '../../src/app/doctor/role-needs.ts';
import { isCovered, judgeScopes } from '../../src/app/doctor/scope-needs.ts';
import { beginVisit } from '../../src/app/doctor/visit.ts';
import { fieldOf } from '../../src/app/export-users.ts';
import { identify } from '../../src/app/org/org-identity.ts';
import { NOTHING_GIVEN } from '../../src/config/flags/flag.ts';
import type { Credentials } from '../../src/config/credentials.ts';
import { PACE } from '../../src/config/pace.ts';
import type { BucketLimit, OrgReader, Role } from '../../src/domain/org/org.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { failed, makeUser, never, ok, okta } from '../plan/fake-org.ts';
import { around, newFolder, NOW_MS } from './run-folders.ts';

afterAll(giveBack);

const role = (type: string, label = type): Role => ({ type, label });
const levels = (findings: readonly Finding[]) => findings.map(({ level }) => level);
const all = (findings: readonly Finding[]) =>
  findings.map(({ found, hint = '' }) => `${found} | ${hint}`).join(' || ');

describe('admin roles', () => {
  test.each<[readonly Role[] | undefined, readonly Finding['level'][], RegExp]>([
    [undefined, ['warning'], /cannot be read.*--canary 5/],
    [[], ['bad'], /has no admin role.*Help Desk Administrator/],
    [[role('READ_ONLY_ADMIN', 'Read')], ['bad'], /^Read \(READ_ONLY_ADMIN\): cannot reset/],
    ...[
      ...['APP_ADMIN', 'API_ACCESS_MANAGEMENT_ADMIN', 'MOBILE_ADMIN', 'GROUP_MEMBERSHIP_ADMIN'],
      ...['ACCESS_CERTIFICATIONS_ADMIN', 'ACCESS_REQUESTS_ADMIN', 'WORKFLOWS_ADMIN'],
      ...['READ_ONLY_ADMIN', 'REPORT_ADMIN'],
    ].map((type): [readonly Role[], readonly Finding['level'][], RegExp] => [
      ...([[role(type)], ['bad'], new RegExp(`^${type}: cannot reset passwords`)] as const),
    ]),
    [[role('REPORT_ADMIN'), role('WORKFLOWS_ADMIN')], ['bad'], /^REPORT_ADMIN, WORKFLOWS_ADMIN:/],
    [[role('SUPER_ADMIN')], ['warning'], /far more than this job needs.*--exclude FILE/],
    [[role('SUPER_ADMIN'), role('CUSTOM')], ['warning'], /^SUPER_ADMIN, CUSTOM: can reset/],
    [[role('CUSTOM', 'Resetters')], ['warning'], /^Resetters \(CUSTOM\): what a custom role/],
    [[role('CUSTOM'), role('READ_ONLY_ADMIN')], ['warning'], /^CUSTOM: what.*okta\.users\.read/],
    [[role('CUSTOM'), role('CUSTOM')], ['warning'], /^CUSTOM: what/],
    [[role('HELP_DESK_ADMIN')], ['good'], /maybe only those of some groups; not .*which take /],
    [[role('ORG_ADMIN')], ['good'], /of all but super admins; Help Desk Administrator would do/],
    [[role('USER_ADMIN')], ['good'], /maybe only those of some groups/],
    [[role('HELP_DESK_ADMIN'), role('REPORT_ADMIN')], ['good'], /^HELP_DESK_ADMIN: can reset/],
    [
      [role('HELP_DESK_ADMIN'), role('APP_ADMIN'), role('CUSTOM')],
      ...([
        ['good', 'warning'],
        /\|\| APP_ADMIN, CUSTOM: perhaps more than this job needs/,
      ] as const),
    ],
    [
      [role('HELP_DESK_ADMIN'), role('MOBILE_ADMIN')],
      ['good', 'warning'],
      /\|\| MOBILE_ADMIN: perhaps more/,
    ],
    [[role('HELP_DESK_ADMIN'), role('ORG_ADMIN')], ['good'], /of all but super admins/],
  ])('%j are %j: %s', (roles, found, text) => {
    const findings = judgeRoles(roles);
    expect(levels(findings)).toEqual(found);
    expect(all(findings)).toMatch(text);
    for (const { subject } of findings) expect(subject).toBe('roles');
  });

  test('that cannot do every action say which, and what takes more', () => {
    const refused = (type: string) =>
      /; not ([\w-, ]+), which take (.+) or more$/.exec(judgeRoles([role(type)])[0]?.found ?? '');
    expect(refused('HELP_DESK_ADMIN')?.[1]?.split(', ')).toContain('suspend');
    expect(refused('HELP_DESK_ADMIN')?.[1]?.split(', ')).not.toContain('reset-password');
    expect(refused('HELP_DESK_ADMIN')?.[2]).toBe('Group Administrator');
    expect(refused('ORG_ADMIN')).toBeNull();
  });
});

describe('scopes', () => {
  const READS = ['users', 'groups', 'roles', 'logs', 'policies'].map((of) => `okta.${of}.read`);
  const MANAGES = ['users', 'groups', 'roles', 'policies'].map((of) => `okta.${of}.manage`);

  test('that are all there are good', () => {
    const granted = [...READS, 'okta.users.manage'];
    expect(judgeScopes(granted, granted)).toEqual([
      { level: 'good', subject: 'scopes', found: `all that are needed: ${granted.join(', ')}` },
    ]);
  });

  test.each([
    ['okta.users.manage', 'bad', 'cannot reset passwords'],
    ['okta.users.read', 'bad', 'nothing works'],
    ['okta.groups.read', 'warning', '--group'],
    ['okta.roles.read', 'warning', 'admins are not protected'],
    ['okta.logs.read', 'warning', '--log finds nobody'],
    ['okta.policies.read', 'warning', '--link-lifetime'],
  ])('without %s: %s, and what does not work', (scope, level, lost) => {
    // A scope that manages includes the one that reads.
    const others = [...READS, 'okta.users.manage'].filter((one) => one !== scope);
    const granted =
      scope === 'okta.users.read' ? others.filter((one) => !one.endsWith('.manage')) : others;
    const refused = judgeScopes(granted, [scope]).filter(({ found }) => found.startsWith(scope));
    expect(refused).toMatchObject([{ level, subject: 'scopes' }]);
    expect(all(refused)).toContain(`${scope} is not granted: `);
    expect(all(refused)).toContain(lost);
    const asked = judgeScopes(granted, []).filter(({ found }) => found.startsWith(scope));
    expect(all(asked)).toMatch(/is not requested: .*add it to OKTA_CLIENT_SCOPES/);
    expect(isCovered(scope, granted)).toBe(false);
    expect(isCovered(scope, [scope])).toBe(true);
  });

  test('that manage cover those that read, and are more than the job needs', () => {
    const findings = judgeScopes([...MANAGES, 'okta.logs.read'], []);
    expect(findings).toEqual([
      expect.objectContaining({
        level: 'warning',
        subject: 'scopes',
        found:
          'more than this job needs: okta.groups.manage, okta.roles.manage, okta.policies.manage',
      }),
    ]);
    const some = judgeScopes(MANAGES, []).map(({ found }) => found.replace(/:.*/, ''));
    expect(some).toEqual(['okta.logs.read is not requested', 'more than this job needs']);
    for (const scope of READS) expect(isCovered(scope, MANAGES)).toBe(scope !== 'okta.logs.read');
    expect(isCovered('okta.apps.read', MANAGES)).toBe(false);
    expect(isCovered('okta.apps.read', ['okta.apps.read'])).toBe(true);
  });
});

const SSWS = { kind: 'ssws', token: new Secret('00x') } as Partial<Credentials> as Credentials;
const APP = {
  ...{ kind: 'oauth', clientId: '0oa1', privateKey: new Secret('k') },
  ...{ scopes: ['okta.users.read'], optionalScopes: ['okta.logs.read'] },
} as Partial<Credentials> as Credentials;

type Fake = { readonly [K in keyof OrgReader]?: unknown };
/** An org in which everything is allowed, except what is given. */
const readerOf = (more: Fake = {}): OrgReader => {
  const page = () => Promise.resolve(ok({ items: [], next: undefined }));
  return {
    ...{ host: 'acme.okta.com', origin: 'https://acme.okta.com' },
    organization: () => Promise.resolve(ok({ id: '00o1', engine: 'oie' })),
    me: () => Promise.resolve(ok(makeUser(1))),
    ...{ users: page, admins: page, logEvents: page },
    groupsNamed: () => Promise.resolve(ok([])),
    roles: () => Promise.resolve(ok([role('HELP_DESK_ADMIN')])),
    ...{ serverNowMs: () => NOW_MS, limits: () => [] },
    ...more,
  } as Fake as OrgReader;
};
const no =
  (status: number, code?: string, more: object = {}) =>
  () =>
    Promise.resolve(failed({ ...okta(status, code), ...more }));

describe('access', () => {
  async function access(more: Fake = {}, credentials = SSWS, granted?: readonly string[]) {
    const told: Finding[] = [];
    const visit = beginVisit(around('/nowhere').context, 1000, (finding) => {
      told.push(finding);
      return Promise.resolve();
    });
    const connection = { reader: readerOf(more), grantedScopes: () => granted };
    const quick = { ...visit, watch: <T>(_what: string, check: Promise<T>) => check };
    const found = await checkAccess(connection, credentials, quick, never);
    expect(told).toEqual(found.findings);
    const by = found.findings.map(({ level, subject }) => `${subject}: ${level}`);
    return { ...found, by };
  }

  test('that is complete is good, check by check', async () => {
    const { by, dead, findings } = await access();
    expect(by).toEqual([
      ...['credential: good', 'roles: good', 'users: good', 'groups: good'],
      ...['admins: good', 'system log: good'],
    ]);
    expect(dead).toBe(false);
    const found = findings.filter(({ subject }) => subject !== 'roles').map((each) => each.found);
    expect(found).toEqual([
      ...['API token of user1@example.com; this user is never reset', 'allowed', 'allowed'],
      ...['allowed: admins are left out unless you pass --include-admins', 'allowed'],
    ]);
  });

  test.each<[string, Fake, string]>([
    ['users', { users: no(403, 'E0000006') }, 'bad'],
    ['groups', { groupsNamed: no(403, 'E0000006') }, 'warning'],
    ['admins', { admins: no(403, 'E0000006') }, 'warning'],
    ['system log', { logEvents: no(403, 'E0000006') }, 'warning'],
    ['roles', { roles: no(403, 'E0000006') }, 'warning'],
    ['roles', { roles: no(404, 'E0000007') }, 'warning'],
    ['roles', { roles: no(500) }, 'warning'],
    ['credential', { me: no(403, 'E0000006') }, 'bad'],
  ])('to %s that is refused is %j: %s', async (subject, fake, level) => {
    const { by, dead } = await access(fake);
    expect(by).toContain(`${subject}: ${level}`);
    expect([dead, by.filter((each) => !each.endsWith('good'))]).toEqual([
      false,
      [`${subject}: ${level}`],
    ]);
  });

  test('to roles that fails says how, unless it is only refused', async () => {
    const found = async (roles: unknown) =>
      (await access({ roles })).findings.find(({ subject }) => subject === 'roles')?.found;
    expect(await found(no(500))).toContain('Could not read its admin roles');
    for (const status of [403, 404])
      expect(await found(no(status))).toContain('admin roles cannot be read');
    const asked: unknown[] = [];
    const roles = (holder: unknown) => {
      asked.push(holder);
      return Promise.resolve(ok([]));
    };
    await access({ roles });
    await access({ roles, me: no(403) }, APP);
    // An owner who is not known has no roles to ask for.
    expect((await access({ roles, me: no(403) })).by).not.toContain('roles: bad');
    expect(asked).toEqual([
      { kind: 'user', id: makeUser(1).id },
      { kind: 'app', clientId: '0oa1' },
    ]);
  });

  test('of a credential that is refused ends the checks', async () => {
    for (const me of [no(401, 'E0000011'), no(400, 'invalid_client')]) {
      expect(await access({ me })).toMatchObject({ dead: true, by: ['credential: bad'] });
      expect(await access({ me }, APP)).toMatchObject({ dead: true, by: ['credential: bad'] });
    }
    const scope = no(403, 'insufficient_scope', { insufficientScope: true });
    expect((await access({ me: scope }, APP)).dead).toBe(false);
    expect((await access({ me: no(403, 'E0000006') })).dead).toBe(false);
  });

  test('of a service app is judged by its scopes, and what these do not allow is not tried', async () => {
    const granted = ['okta.users.manage', 'okta.groups.read'];
    const { by, findings } = await access({ me: no(403) }, APP, granted);
    expect(findings[0]?.found).toBe('service app 0oa1');
    expect(by.filter((each) => !each.startsWith('scopes'))).toEqual([
      ...['credential: good', 'users: good', 'groups: good'],
    ]);
    const scopes = all(findings.filter(({ subject }) => subject === 'scopes'));
    expect(scopes).toContain('okta.logs.read is not granted');
    expect(scopes).toContain('okta.roles.read is not requested');
  });

  test.each([
    ['users', 'okta.users.read'],
    ['groups', 'okta.groups.read'],
    ['admins', 'okta.roles.read'],
    ['system log', 'okta.logs.read'],
  ])('to %s is tried by a service app that has %s', async (subject, scope) => {
    const { by } = await access({ me: no(403) }, APP, [scope]);
    const tried = ['users', 'groups', 'admins', 'system log'].filter((one) =>
      by.includes(`${one}: good`),
    );
    expect(tried).toEqual([subject]);
    // Its own roles can be asked for with the scope that shows those of others.
    expect(by.includes('roles: good')).toBe(scope === 'okta.roles.read');
  });

  test('asks the log about the last minute by the org’s clock', async () => {
    const asked: unknown[] = [];
    const logEvents = (page: unknown) => {
      asked.push(page);
      return Promise.resolve(ok({ items: [], next: undefined }));
    };
    await access({ logEvents });
    await access({ logEvents, serverNowMs: () => undefined });
    const filter = 'eventType eq "user.account.reset_password"';
    expect(asked).toEqual([
      { filter, sinceMs: NOW_MS - 60_000, untilMs: NOW_MS },
      { filter, sinceMs: -60_000, untilMs: 0 },
    ]);
  });
});

describe('a check', () => {
  test('that takes longer than a second says what it waits for', async () => {
    const sleeps: number[] = [];
    const { context, said } = around('/nowhere', {
      clock: {
        ...around('/').context.host.clock,
        sleep: (ms, signal) => {
          sleeps.push(ms);
          return sleeps.length > 1
            ? new Promise((_, reject) =>
                signal?.addEventListener('abort', () => reject(new Error())),
              )
            : Promise.resolve();
        },
      },
    });
    const visit = beginVisit(context, 5000, () => Promise.resolve());
    const answer = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return 7;
    };
    expect(await visit.watch('roles', answer())).toBe(7);
    expect([sleeps, said()]).toEqual([[1000], ['roles: waiting for an answer, for up to 5 s …']]);
    expect(await visit.watch('roles', answer())).toBe(7);
    expect(said()).toHaveLength(1);
    await visit.add({ level: 'good', subject: 'a', found: 'b' });
    expect(visit.findings).toHaveLength(1);
  });

  test.each([
    [NOW_MS, 'good', 'the same as Okta’s'],
    [NOW_MS + 5000, 'good', 'the same as Okta’s'],
    [NOW_MS - 5000, 'good', 'the same as Okta’s'],
    [NOW_MS + 5001, 'warning', 'this machine is 5.0 s behind Okta'],
    [NOW_MS - 5001, 'warning', 'this machine is 5.0 s ahead of Okta'],
    [NOW_MS + 90_000, 'warning', 'this machine is 1 min 30 s behind Okta'],
    [undefined, 'warning', 'The org sends no Date header.'],
  ])('of the clock where the org says %s is %s: %s', (theirs, level, found) => {
    const finding = checkClock(readerOf({ serverNowMs: () => theirs }), around('/').context);
    expect(finding).toMatchObject({ level, subject: 'clock', found });
  });

  test('of the limits says how long ten thousand users take', () => {
    const pace = PACE.read(NOTHING_GIVEN);
    const limit = (bucket: string): BucketLimit => ({
      ...{ bucket, limit: 600, remaining: 600, resetMs: 0 },
    });
    const found = (limits: readonly BucketLimit[], own = pace) =>
      checkLimits(readerOf({ limits: () => limits }), own);
    expect(found([])).toMatchObject([
      { level: 'warning', subject: 'limits', hint: expect.stringContaining('--per-minute 200') },
    ]);
    const both = found([limit('/api/v1/users'), limit('/api/v1/groups')]);
    for (const each of both) expect(each).toMatchObject({ level: 'good', subject: 'limits' });
    expect(both.map((each) => each.found)).toEqual([
      '/api/v1/users: 600 calls per window for this credential; 10,000 users take about 18 min 11 s',
      '/api/v1/groups: 600 calls per window for this credential',
    ]);
    const slow = found([limit('/api/v1/users')], { ...pace, perMinute: 10 });
    expect(slow[0]?.found).toMatch(/about 16 h/);
    const hourly = found([limit('/api/v1/users')], { ...pace, perHour: 1000 });
    expect(hourly[0]?.found).toMatch(/about (9|10) h/);
  });

  test.each([
    [200 * 1024 * 1024, 'good', '200 MiB free for /work/reports'],
    [200 * 1024 * 1024 - 1, 'warning', '199 MiB free for /work/reports'],
    [0, 'warning', '0 MiB free for /work/reports'],
  ])('of a disk with %d bytes is %s: %s', (free, level, found) => {
    const finding = diskFinding(free, '/work');
    expect(finding).toMatchObject({ level, subject: 'disk', found });
    expect(finding.hint?.includes('--out DIR') ?? false).toBe(level === 'warning');
  });

  test('of a disk that takes a file, but nothing in it, is bad, and leaves nothing', async () => {
    const dir = await newFolder();
    failFrom({ file: 'probe', call: 'write', code: 'ENOSPC', nth: 1 });
    const found = await checkDisk(around(dir).context).finally(() => expect(sound()).toBe(1));
    expect(found).toMatchObject({ level: 'bad', subject: 'disk' });
    expect(await readdir(dir)).toEqual([]);
    await rm(dir, { recursive: true });
  });

  test('of the disk writes, and leaves nothing', async () => {
    const dir = await newFolder();
    expect(await checkDisk(around(dir).context)).toMatchObject({
      ...{ subject: 'disk', found: expect.stringMatching(/^\d+ MiB free for .*reports$/) },
    });
    expect(await readdir(dir)).toEqual([]);
    await rm(dir, { recursive: true });
    const bad = await checkDisk(around('/nowhere/at/all').context);
    expect(bad).toMatchObject({
      ...{ level: 'bad', subject: 'disk', found: '/nowhere/at/all cannot be written.' },
      hint: expect.stringContaining('--out DIR'),
    });
  });
});

describe('the org', () => {
  const who = (more: Fake, credentials = SSWS) => identify(readerOf(more), credentials, never);

  test('says who it is, and whose the credential is', async () => {
    expect(await who({})).toEqual({
      ...{ orgId: '00o1', engine: 'oie' },
      principal: { kind: 'user', id: makeUser(1).id, login: 'user1@example.com' },
    });
    const app = { kind: 'app', clientId: '0oa1' };
    expect((await who({}, APP)).principal).toEqual(app);
    expect((await who({ me: no(403, 'E0000006') }, APP)).principal).toEqual(app);
    expect((await who({ me: no(403, 'E0000006') })).principal).toEqual({ kind: 'unknown' });
    expect((await who({ me: no(404) })).principal).toEqual({ kind: 'unknown' });
    const neither = { organization: no(404, 'E0000007'), me: no(403, 'E0000006') };
    expect((await who(neither)).principal).toEqual({ kind: 'unknown' });
    expect(await who({ organization: no(404, 'E0000007') })).toMatchObject({
      ...{ orgId: '', engine: 'unknown', principal: { kind: 'user' } },
    });
  });

  test.each<[string, Fake, string]>([
    ['the credential is refused', { me: no(401, 'E0000011') }, 'AUTH_REJECTED'],
    ['a page answers', { organization: no(200, undefined, { page: 'Hotel' }) }, 'ORG_ANSWER'],
    ['a proxy answers', { me: no(407) }, 'ORG_ANSWER'],
    ['nothing of Okta’s answers', { organization: no(404), me: no(404) }, 'ORG_ANSWER'],
  ])('is not an answer if %s', async (_what, fake, code) => {
    await expect(who(fake)).rejects.toMatchObject({ code });
  });

  test('of a service app is asked first who it is, because its proof needs the org’s time', async () => {
    const asked: string[] = [];
    const reader = (credentials: Credentials) =>
      identify(
        readerOf({
          organization: async () => {
            asked.push('organization');
            await Promise.resolve();
            return ok({ id: '00o1', engine: 'oie' });
          },
          me: () => {
            asked.push('me');
            return Promise.resolve(ok(makeUser(1)));
          },
        }),
        credentials,
        never,
      );
    await reader(SSWS);
    await reader(APP);
    expect(asked).toEqual(['me', 'organization', 'organization', 'me']);
    // An org that something else answers for is not asked whose the credential is.
    const other = {
      organization: no(200, undefined, { page: '' }),
      me: () => Promise.reject(new Error('asked')),
    };
    await expect(who(other, APP)).rejects.toMatchObject({ code: 'ORG_ANSWER' });
  });
});

describe('a field of a user', () => {
  const user = makeUser(7, {
    providerName: 'corp',
    raw: {
      created: '2026',
      nothing: null,
      type: { id: 'oty1' },
      profile: { firstName: 'Kim', tags: ['a', 'b'], level: 3, vip: true, 'odd.name': 'x' },
    },
  });

  test.each<[string, unknown]>([
    ['id', user.id],
    ['status', 'ACTIVE'],
    ['provider', 'OKTA'],
    ['credentials.provider.type', 'OKTA'],
    ['credentials.provider.name', 'corp'],
    ['created', '2026'],
    ['nothing', null],
    ['type.id', 'oty1'],
    ['type', '{"id":"oty1"}'],
    ['profile.firstName', 'Kim'],
    ['firstName', 'Kim'],
    ['profile.tags', '["a","b"]'],
    ['tags', '["a","b"]'],
    ['tags.0', undefined],
    ['profile.tags.0', undefined],
    ['level', 3],
    ['vip', true],
    ['odd.name', 'x'],
    ['toString', undefined],
    ['profile.constructor', undefined],
    ['type.id.length', undefined],
    ['missing', undefined],
  ])('%s is %j', (field, value) => {
    expect(fieldOf(user, field)).toEqual(value);
  });

  test('of a user without a profile is only what the user has', () => {
    expect(fieldOf(makeUser(1, { raw: { a: 1 } }), 'firstName')).toBeUndefined();
    expect(fieldOf(makeUser(1, { raw: { profile: ['x'] } }), '0')).toBeUndefined();
  });
});
