import { afterAll, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import { makeServiceAppKey } from '../../src/sandbox/oauth/oauth.ts';
import { host } from '../../src/host.ts';
import { expectCode } from './expect-code.ts';
import {
  closeStages,
  isEligible,
  mailsByUser,
  outcomes,
  PLAIN,
  readCsv,
  stage,
  writesSeen,
} from './rig.ts';

afterAll(closeStages);

const { publicJwk, privateJwk } = await makeServiceAppKey();

const YES = ['--yes', '--max-users', '1000'];

test('a second process on the same run is refused, and the first one is not disturbed', async () => {
  const s = await stage({ users: 62, mix: PLAIN, latencyMs: 40 });
  await s.rockstar();
  expectCode(await s.run(['plan', '--file', 'users.csv', '--out', 'run']), 0);
  let begun = () => {};
  const isBegun = new Promise<void>((resolve) => (begun = resolve));
  const first = s.start(['run', '--plan', 'run', ...YES, '--json'], {
    onStdout: (text) => text.includes('"type":"row"') && begun(),
  });
  await isBegun;
  // Another process of this machine: the one that started us.
  for (const argv of [
    ['run', '--plan', 'run', ...YES],
    ['resume', 'run'],
    ['resume', 'run', '--force-unlock'],
  ]) {
    const second = await s.run(argv, { pid: process.ppid });
    expectCode(second, 5);
    expect(second.stderr).toMatch(/RUN_LOCKED/);
    expect(second.stderr).toContain(String(process.pid));
  }
  expectCode(await first.ended, 0);
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([60, 1]);
});

test('the caller and the admins are never touched, unless named by flag; then last', async () => {
  const s = await stage({ users: 30, admins: 4, mix: PLAIN });
  const users = [...s.org.users()];
  const csv = await s.ids(users);
  expectCode(await s.run(['run', '--file', csv, '--out', 'run', ...YES]), 0);
  for (const { id, admin } of users)
    expect([id, mailsByUser(s.org).get(id)]).toEqual([id, admin ? undefined : 1]);
  const reasons = (await readCsv(s.path('run', 'results.csv'))).map((row) => row['_reason']);
  expect(reasons.slice(0, 4)).toEqual([
    'protected:self',
    ...Array<string>(3).fill('protected:admin'),
  ]);

  const t = await stage({ users: 30, admins: 4, mix: PLAIN });
  expectCode(
    await t.run([
      'run',
      '--file',
      await t.ids(t.org.users()),
      '--include-admins',
      '--concurrency',
      '1',
      '--out',
      'run',
      ...YES,
    ]),
    0,
  );
  const mailed = [...t.org.outbox()].map(({ userId }) => t.org.user(userId)!);
  expect(mailed.filter(({ id }) => id === t.org.tokenOwnerId)).toEqual([]);
  expect(mailed.slice(-3).every(({ admin }) => admin)).toBe(true);
  expect(mailed).toHaveLength(29);
});

test('--exclude accepts files like --file, and has precedence', async () => {
  const s = await stage({ users: 20, mix: PLAIN });
  await s.rockstar();
  const spared = [...s.org.users()].filter(isEligible).slice(3, 8);
  await s.writeCsv(
    'spare.csv',
    `Username\r\n${spared.map(({ login }) => `${login}\r\n`).join('')}`,
  );
  expectCode(
    await s.run(['run', '--file', 'users.csv', '--exclude', 'spare.csv', '--out', 'run', ...YES]),
    0,
  );
  const mails = mailsByUser(s.org);
  expect(mails.size).toBe(13);
  for (const { id } of spared) expect(mails.has(id)).toBe(false);
});

test.each<readonly [string, (run: RunFile) => Partial<RunFile>]>([
  ['action', ({ spec }) => ({ spec: { ...spec, action: 'expire-password' } })],
  ['revokeTokens', ({ spec }) => ({ spec: { ...spec, revokeTokens: true } })],
  ['sendEmail', ({ spec }) => ({ spec: { ...spec, sendEmail: false } })],
  ['number of targets', () => ({ targets: 3 })],
  ['preview', ({ preview }) => ({ preview: { ...preview, targets: 3 } })],
  ['host', () => ({ host: 'acme.okta.com' })],
  ['orgId', () => ({ orgId: '' })],
  ['runId', () => ({ runId: 'another' })],
  ['createdAt', () => ({ createdAt: '2036-11-22T03:15:02.000Z' })],
])('a run.json whose %s was edited is refused', async (_, edit) => {
  const s = await stage({ users: 12, mix: PLAIN });
  await s.rockstar();
  expectCode(await s.run(['plan', '--file', 'users.csv', '--out', 'run']), 0);
  const file = s.path('run', 'run.json');
  const whole = await readFile(file, 'utf8');
  const run = JSON.parse(whole) as RunFile;
  await writeFile(file, JSON.stringify({ ...run, ...edit(run) }));
  const ran = await s.run(['run', '--plan', 'run', '--secrets-plaintext', ...YES]);
  expectCode(ran, 5);
  expect(ran.stderr).toMatch(/PLAN_CHANGED/);
  expect(writesSeen(s.org)).toBe(0);
  await writeFile(file, whole);
  expectCode(await s.run(['run', '--plan', 'run', ...YES]), 0);
});

test('a plan is not executed on another org', async () => {
  const s = await stage({ users: 20, mix: PLAIN, seed: 1 });
  const other = await stage({ users: 20, mix: PLAIN, seed: 2 });
  await s.rockstar();
  expectCode(await s.run(['plan', '--file', 'users.csv', '--out', 'run']), 0);
  const env = { OKTA_CLIENT_ORGURL: other.org.url, OKTA_CLIENT_TOKEN: other.org.token };
  const ran = await s.run(['run', '--plan', 'run', ...YES], { env });
  expectCode(ran, 5);
  expect(ran.stderr).toMatch(/PLAN_OTHER_ORG/);
  expect([writesSeen(s.org), writesSeen(other.org)]).toEqual([0, 0]);
});

// Signing works in threads that the skipping clock does not see.
describe('an OAuth service app with DPoP', () => {
  test('does the whole job with the environment only', async () => {
    const s = await stage({
      users: 40,
      mix: PLAIN,
      clock: host.clock,
      app: { keys: [publicJwk], tokenLifeMs: 2000 },
      latencyMs: 60,
    });
    await s.rockstar();
    const env = {
      OKTA_CLIENT_TOKEN: '',
      OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
      OKTA_CLIENT_CLIENTID: s.org.clientId!,
      OKTA_CLIENT_SCOPES: 'okta.users.manage okta.users.read okta.roles.read',
      OKTA_CLIENT_PRIVATEKEY: JSON.stringify(privateJwk),
    };
    expectCode(
      await s.run(['run', '--file', 'users.csv', '--out', 'run', '--concurrency', '2', ...YES], {
        env,
      }),
      0,
    );
    const mails = mailsByUser(s.org);
    expect([mails.size, Math.max(...mails.values())]).toEqual([38, 1]);
    expect(outcomes(await readCsv(s.path('run', 'results.csv')))).toMatchObject({ succeeded: 38 });
  });

  test('with a scope too few stops at once, exit code 6', async () => {
    const s = await stage({
      users: 40,
      mix: PLAIN,
      app: { keys: [publicJwk] },
      clock: host.clock,
    });
    await s.rockstar();
    const env = {
      OKTA_CLIENT_TOKEN: '',
      OKTA_CLIENT_CLIENTID: s.org.clientId!,
      OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
      OKTA_CLIENT_SCOPES: 'okta.users.read okta.roles.read',
      OKTA_CLIENT_PRIVATEKEY: JSON.stringify(privateJwk),
    };
    expectCode(await s.run(['run', '--file', 'users.csv', '--out', 'run', ...YES], { env }), 6);
    expect(writesSeen(s.org)).toBe(0);
  });
});

test('with --json every line of stdout parses, whatever the command and its end', async () => {
  const s = await stage({ users: 60, chaos: '500=10%', urlLimit: 1000 });
  await s.rockstar();
  for (const argv of [
    ['plan', '--file', 'users.csv', '--out', 'run'],
    ['run', '--plan', 'run', ...YES],
    ['resume', 'run'],
    ['rerun', 'run', '--only', 'succeeded', '--dry-run', '--out', 'dry'],
    ['report', 'run'],
    ['doctor'],
    ['plan', '--file', 'nowhere.csv'],
    ['run', '--file', 'users.csv', '--out', 'run3'],
    ['explain', 'E0000047'],
  ]) {
    const ran = await s.run([...argv, '--json']);
    const lines = ran.stdout.split('\n').filter((line) => line !== '');
    expect([argv, lines.length > 0]).toEqual([argv, true]);
    for (const line of lines)
      expect(() => {
        JSON.parse(line);
      }).not.toThrow();
  }
});
