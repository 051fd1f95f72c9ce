import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import { expectCode } from './expect-code.ts';
import { startFront, type Front, type OwnAnswer } from './front.ts';
import { closeStages, mailsByUser, PLAIN, readCsv, stage, writesSeen, type Stage } from './rig.ts';

const fronts: Front[] = [];
afterEach(() => fronts.splice(0).forEach((front) => front.close()));
afterAll(closeStages);

const ADMINS = '/api/v1/iam/assignees/users';
const FORBIDDEN: OwnAnswer = {
  status: 403,
  body: { errorCode: 'E0000006', errorSummary: 'You do not have permission' },
};
const YES = ['--yes', '--max-users', '100'];

const ids = (s: Stage) => [...s.org.users()].map(({ id }) => id);

/** An org whose lists are told by `own`; its commands go through the front. */
async function fronted(own: (path: string, s: Stage) => OwnAnswer | undefined) {
  const s = await stage({ users: 12, admins: 1, mix: PLAIN });
  const front = await startFront(s.org.url, (path) => own(path, s));
  fronts.push(front);
  const env = { OKTA_CLIENT_ORGURL: front.url };
  const csv = await s.ids(s.org.users());
  const reasons = async (run: string) =>
    (await readCsv(s.path(run, 'results.csv'))).map((row) => row['_reason']);
  return { s, env, csv, front, reasons, mails: () => [...mailsByUser(s.org).keys()] };
}

const holders = (found: readonly string[], next?: string): OwnAnswer => ({
  status: 200,
  body: {
    value: found.map((id) => ({ id })),
    ...(next === undefined ? {} : { _links: { next: { href: next } } }),
  },
});

/** The first two users are admins: one on each page. `next` is what the first page says of the second. */
function adminPages(next: string, second: (id: string) => OwnAnswer) {
  return (path: string, s: Stage): OwnAnswer | undefined => {
    if (!path.startsWith(ADMINS)) return undefined;
    const [, first = '', other = ''] = ids(s);
    return path.includes('after=') ? second(other) : holders([first], next);
  };
}

describe('the list of admins', () => {
  test.each([
    ['another scheme and the host of the Admin Console', `https://acme-admin.okta.com${ADMINS}`],
    ['a custom domain', `https://login.acme.example${ADMINS}`],
  ])('is read to its end even if a link names %s', async (_, next) => {
    const { s, env, csv, reasons } = await fronted(
      adminPages(`${next}?after=2&limit=200`, (other) => holders([other])),
    );
    expectCode(await s.run(['run', '--csv', csv, '--out', 'run', ...YES], { env }), 0);
    expect((await reasons('run')).slice(0, 4)).toEqual([
      'protected:self',
      'protected:admin',
      'protected:admin',
      '',
    ]);
  });

  const closed: readonly (readonly [string, OwnAnswer])[] = [
    ['is forbidden', FORBIDDEN],
    ['makes no sense', { status: 200, body: {} }],
    ['leads elsewhere', holders([], '/api/v1/apps?after=3')],
  ];

  test.each(closed)('a later page that %s: nobody is acted on unattended', async (_, page) => {
    const { s, env, csv, front, mails } = await fronted(
      adminPages(`${ADMINS}?after=2&limit=200`, () => page),
    );
    const planned = await s.run(['plan', '--csv', csv, '--out', 'run'], { env });
    expectCode(planned, 0);
    expect(planned.stdout).toMatch(/Only\s+the 1 admin read so far/);
    for (const consent of [YES, ['--confirm', `10@${front.host}`]]) {
      const ran = await s.run(['run', '--plan', 'run', ...consent], { env });
      expectCode(ran, 5);
      expect(ran.stderr).toMatch(/list of admins could not be read completely/);
      expect(ran.stderr).toMatch(/PROTECTION_UNREAD/);
    }
    expect(writesSeen(s.org)).toBe(0);
    const waived = await s.run(
      ['run', '--csv', csv, '--include-admins', '--out', 'waived', ...YES],
      { env },
    );
    expectCode(waived, 0);
    expect(mails()).toHaveLength(11);
  });

  test('a person is asked about exactly that', async () => {
    const { s, env, csv, front, mails } = await fronted(
      adminPages(`${ADMINS}?after=2&limit=200`, () => FORBIDDEN),
    );
    const asked = ['run', '--csv', csv, '--out'];
    const no = await s.run([...asked, 'no'], { env, terminal: true, stdin: 'no\n' });
    expectCode(no, 5);
    expect(no.stderr).toMatch(
      /list of admins could not be read completely, so some admins would not/,
    );
    expect(writesSeen(s.org)).toBe(0);
    const stdin = `10@${front.host}\n`;
    expectCode(await s.run([...asked, 'yes'], { env, terminal: true, stdin }), 0);
    expect(mails()).toHaveLength(10);
  });

  test('is read again by each invocation: a user who has become an admin is skipped', async () => {
    const promoted: string[] = [];
    const { s, env, csv, reasons } = await fronted((path) =>
      path.startsWith(ADMINS) ? holders(promoted) : undefined,
    );
    expectCode(await s.run(['plan', '--csv', csv, '--out', 'run'], { env }), 0);
    promoted.push(ids(s)[4]!);
    expectCode(await s.run(['run', '--plan', 'run', ...YES], { env }), 0);
    expect((await reasons('run'))[4]).toBe('protected:admin');
    expect(mailsByUser(s.org).has(promoted[0]!)).toBe(false);
  });
});

describe('an excluded group', () => {
  const MEMBERS = /^\/api\/v1\/groups\/\w+\/users/;
  const userOf = (id: string) => ({
    id,
    status: 'ACTIVE',
    profile: { login: `${id}@acme.example` },
    credentials: { provider: { type: 'OKTA', name: 'OKTA' } },
  });

  test('is read again by each invocation, and by a rerun', async () => {
    const members: string[] = [];
    const { s, env, csv, reasons } = await fronted((path) =>
      MEMBERS.test(path) ? { status: 200, body: members.map(userOf) } : undefined,
    );
    const group = s.org.groups()[1]!;
    members.push(ids(s)[2]!);
    const plan = ['plan', '--csv', csv, '--exclude-group', group.name, '--out', 'run'];
    expectCode(await s.run(plan, { env }), 0);
    const run = JSON.parse(await readFile(s.path('run', 'run.json'), 'utf8')) as RunFile;
    expect(run.policy.excludedGroups).toEqual([group.id]);
    members.push(ids(s)[5]!);
    expectCode(await s.run(['run', '--plan', 'run', ...YES], { env }), 0);
    expect([(await reasons('run'))[2], (await reasons('run'))[5]]).toEqual([
      'excluded',
      'excluded',
    ]);
    members.push(ids(s)[7]!);
    const rerun = ['rerun', 'run', '--only', 'succeeded', '--include-status', 'RECOVERY'];
    expectCode(await s.run([...rerun, '--out', 'again', ...YES], { env }), 0);
    for (const member of members) expect(mailsByUser(s.org).get(member) ?? 0).toBeLessThan(2);
    expect(mailsByUser(s.org).get(members[2]!)).toBe(1);
  });

  test('that cannot be read completely stops an unattended run; no flag overrides that', async () => {
    const { s, env, csv } = await fronted((path, at) =>
      MEMBERS.test(path)
        ? path.includes('after=')
          ? FORBIDDEN
          : {
              status: 200,
              body: [userOf(ids(at)[2]!)],
              headers: { link: `<http://x${path}&after=1>; rel="next"` },
            }
        : undefined,
    );
    const { id } = s.org.groups()[1]!;
    const run = ['run', '--csv', csv, '--exclude-group', id, '--include-admins', ...YES];
    const ran = await s.run([...run, '--out', 'run'], { env });
    expectCode(ran, 5);
    expect(ran.stderr).toMatch(/excluded groups could not be read completely/);
    expect(ran.stdout).toMatch(/Only\s+the 1 member read so far/);
    expect(writesSeen(s.org)).toBe(0);
  });
});

test('a credential whose owner is not known stops an unattended run; no flag overrides that', async () => {
  const { s, env, csv } = await fronted((path) =>
    path === '/api/v1/users/me' ? FORBIDDEN : undefined,
  );
  const run = ['run', '--csv', csv, '--include-admins', '--out', 'run', ...YES];
  const ran = await s.run(run, { env });
  expectCode(ran, 5);
  expect(ran.stderr).toMatch(/does not show who owns the credential/);
  expect(writesSeen(s.org)).toBe(0);
});
