import { afterAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  chmod,
  chown,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { stateDir } from '../../src/app/run/consent/consent-proof.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import { chainLine, emptyHead } from '../../src/journal/chain.ts';
import { expectCode } from './expect-code.ts';
import { closeStages, mailsByUser, PLAIN, stage, writesSeen, type Stage } from './rig.ts';

afterAll(closeStages);

const STATE = ['.local', 'state', 'okta-reset'] as const;

/** A run that was begun and stopped with rows left. */
async function begun(): Promise<Stage> {
  const s = await stage({ users: 14, mix: PLAIN });
  const csv = await s.ids(s.org.users());
  expectCode(await s.run(['plan', '--file', csv, '--out', 'run']), 0);
  const yes = ['--confirm', `12@${s.host}`];
  const first = s.start(['run', '--plan', 'run', ...yes, '--concurrency', '1', '--json'], {
    onStdout: (text) => text.includes('"type":"row"') && first.signal('SIGINT'),
  });
  expectCode(await first.ended, 130);
  expect(mailsByUser(s.org).size).toBeLessThan(12);
  return s;
}

test('the proof of a consent is stored outside the run, for its owner only, and lets resume continue', async () => {
  const s = await begun();
  for (const path of [
    ['consent.key'],
    ['consents', ...(await readdir(s.path(...STATE, 'consents')))],
  ]) {
    const { mode } = await stat(s.path(...STATE, ...path));
    expect(mode & 0o777).toBe(0o600);
  }
  expect((await stat(s.path(...STATE))).mode & 0o777).toBe(0o700);
  expectCode(await s.run(['resume', 'run']), 0);
  expect(Math.max(...mailsByUser(s.org).values())).toBe(1);
});

const STATE_FILES = ['consent.key', 'consents'] as const;

/** Replaces a file or folder of the state directory with a link to it. */
async function linked(s: Stage, ...name: readonly string[]): Promise<void> {
  const path = s.path(...STATE, ...name);
  await rename(path, s.path('elsewhere'));
  await symlink(s.path('elsewhere'), path);
}

async function proofName(s: Stage): Promise<string> {
  const [name = ''] = await readdir(s.path(...STATE, 'consents'));
  return name;
}

/** Changes what run.json says and the digest of the plan does not cover. */
async function withPolicy(s: Stage): Promise<void> {
  const run: RunFile = JSON.parse(await readFile(s.path('run', 'run.json'), 'utf8'));
  const policy = { ...run.policy, includeAdmins: true };
  await writeFile(s.path('run', 'run.json'), JSON.stringify({ ...run, policy }));
}

const CHANGES: readonly (readonly [string, (s: Stage) => Promise<unknown>])[] = [
  ['another user or machine', (s) => rm(s.path(...STATE), { recursive: true })],
  ['no key', (s) => rm(s.path(...STATE, 'consent.key'))],
  ['an empty key', (s) => writeFile(s.path(...STATE, 'consent.key'), '')],
  ['another key', (s) => writeFile(s.path(...STATE, 'consent.key'), `${'ab'.repeat(32)}\n`)],
  ['a key that others can read', (s) => chmod(s.path(...STATE, 'consent.key'), 0o644)],
  [
    'a proof that was written by hand',
    async (s) =>
      writeFile(s.path(...STATE, 'consents', await proofName(s)), `${'00'.repeat(32)}\n`),
  ],
  ['a link in place of the folder', (s) => linked(s)],
  ['a link in place of the key', (s) => linked(s, 'consent.key')],
  ['a link in place of the proofs', (s) => linked(s, 'consents')],
  ['a link in place of the proof', async (s) => linked(s, 'consents', await proofName(s))],
  ['a policy that spares fewer', withPolicy],
];

test('what is not this user’s own proof of this plan counts for nothing', async () => {
  const s = await begun();
  const before = writesSeen(s.org);
  await cp(s.path('.local'), s.path('kept'), { recursive: true });
  const run = await readFile(s.path('run', 'run.json'));
  for (const [what, change] of CHANGES) {
    await change(s);
    const { code, stderr } = await s.run(['resume', 'run']);
    expect([what, code]).toEqual([what, 5]);
    expect(stderr).toMatch(/Your consent to this run is not saved on this machine/);
    for (const name of ['.local', 'elsewhere'])
      await rm(s.path(name), { recursive: true, force: true });
    await cp(s.path('kept'), s.path('.local'), { recursive: true });
    await writeFile(s.path('run', 'run.json'), run);
  }
  expect(writesSeen(s.org)).toBe(before);
  expectCode(await s.run(['resume', 'run']), 0);
});

test.each<readonly [string, (s: Stage) => Promise<unknown>]>([
  ['another user or machine', (s) => rm(s.path(...STATE), { recursive: true })],
  ['a link in place of the key', (s) => linked(s, 'consent.key')],
])('%s: resume asks again, or takes --confirm', async (_, change) => {
  const s = await begun();
  const before = writesSeen(s.org);
  await change(s);
  const left = 12 - mailsByUser(s.org).size;
  const yes = ['--confirm', `${left}@${s.host}`];
  const refused = await s.run(['resume', 'run']);
  expectCode(refused, 5);
  expect(refused.stderr.replace(/\s+/g, ' ')).toContain(`okta-reset resume run ${yes.join(' ')}`);
  const no = await s.run(['resume', 'run'], { terminal: true, stdin: 'no\n' });
  expectCode(no, 5);
  expect(no.stderr).toMatch(/to go on, anything else to stop/);
  expect(no.stderr).toContain(`is not “${left}@${s.host}”`);
  expect(writesSeen(s.org)).toBe(before);
  expectCode(await s.run(['resume', 'run', ...yes]), 0);
  expect([mailsByUser(s.org).size, Math.max(...mailsByUser(s.org).values())]).toEqual([12, 1]);
});

test('a run that 0.1.0 has begun continues after a new consent', async () => {
  const s = await stage({ users: 6, mix: PLAIN });
  expectCode(await s.run(['plan', '--file', await s.ids(s.org.users()), '--out', 'run']), 0);
  const plan = await readFile(s.path('run', 'plan.jsonl'), 'utf8');
  const old = plan.replace('"format":2', '"format":1');
  expect(old).not.toBe(plan);
  await writeFile(s.path('run', 'plan.jsonl'), old);
  const planDigest = createHash('sha256').update(old).digest('hex');
  const made: RunFile = JSON.parse(await readFile(s.path('run', 'run.json'), 'utf8'));
  const { runId, targets } = made;
  const run = { ...made, format: 1, toolVersion: '0.1.0', planDigest };
  await writeFile(s.path('run', 'run.json'), JSON.stringify(run));
  const opened = {
    kind: 'opened',
    at: made.createdAt,
    runId,
    planDigest,
    toolVersion: '0.1.0',
    pid: 1,
    hostname: 'laptop',
  } as const;
  const { line } = chainLine(emptyHead(runId).link, 1, opened);
  await writeFile(s.path('run', 'journal.jsonl'), line);
  const refused = await s.run(['resume', 'run']);
  expectCode(refused, 5);
  expect(refused.stderr).toMatch(/CONFIRM_MISSING/);
  expect(writesSeen(s.org)).toBe(0);
  expectCode(await s.run(['resume', 'run', '--confirm', `${targets}@${s.host}`]), 0);
  expect(mailsByUser(s.org).size).toBe(targets);
});

test('what is typed at resume is stored too', async () => {
  const s = await begun();
  await rm(s.path(...STATE), { recursive: true });
  const left = 12 - mailsByUser(s.org).size;
  const typed = s.start(['resume', 'run', '--concurrency', '1'], {
    terminal: true,
    stdin: `${left}@${s.host}\n`,
  });
  expectCode(await typed.ended, 0);
  expect(await readdir(s.path(...STATE, 'consents'))).toHaveLength(1);
});

test.each(STATE_FILES)('nothing is written through a link in place of %s', async (name) => {
  const s = await stage({ users: 4, mix: PLAIN });
  const csv = await s.ids(s.org.users());
  await mkdir(s.path(...STATE), { recursive: true });
  await mkdir(s.path('victim'));
  await writeFile(s.path('victim', 'file'), 'theirs');
  const victim = name === 'consents' ? s.path('victim') : s.path('victim', 'file');
  await symlink(victim, s.path(...STATE, name));
  const yes = ['--yes', '--max-users', '9'];
  expectCode(await s.run(['run', '--file', csv, '--out', 'run', ...yes]), 0);
  expect(await readdir(s.path('victim'))).toEqual(['file']);
  expect(await readFile(s.path('victim', 'file'), 'utf8')).toBe('theirs');
});

(process.getuid?.() === 0 ? test : test.skip)(
  'what somebody else owns proves nothing',
  async () => {
    const s = await begun();
    for (const name of [[], ['consent.key'], ['consents'], ['consents', await proofName(s)]]) {
      const path = s.path(...STATE, ...name);
      await chown(path, 65534, 65534);
      expectCode(await s.run(['resume', 'run']), 5);
      await chown(path, 0, 0);
    }
    expectCode(await s.run(['resume', 'run']), 0);
  },
);

test('a plan with another digest has no consent, whatever its folder says', async () => {
  const s = await begun();
  const before = writesSeen(s.org);
  await cp(s.path('run'), s.path('forged'), { recursive: true });
  const run = await readFile(s.path('forged', 'run.json'), 'utf8');
  await writeFile(
    s.path('forged', 'run.json'),
    run.replace(/"planDigest": ?"\w{4}/, '"planDigest":"0000'),
  );
  expect((await s.run(['resume', 'forged'])).code).not.toBe(0);
  expect(writesSeen(s.org)).toBe(before);
});

test('a state directory that cannot be written is a warning', async () => {
  const s = await stage({ users: 4, mix: PLAIN });
  const csv = await s.ids(s.org.users());
  await writeFile(s.path('file'), '');
  const ran = await s.run(['run', '--file', csv, '--out', 'run', '--yes', '--max-users', '9'], {
    env: { XDG_STATE_HOME: s.path('file') },
  });
  expectCode(ran, 0);
  expect(ran.stderr).toMatch(/consent could not be saved/);
});

test('the state directory depends on the platform', () => {
  const at = (env: Record<string, string>, platform = 'linux') =>
    stateDir({ env, platform, homeDir: '/home/me' });
  expect(at({})).toBe('/home/me/.local/state/okta-reset');
  expect(at({ XDG_STATE_HOME: '/state' })).toBe('/state/okta-reset');
  expect(at({ XDG_STATE_HOME: 'relative' })).toBe('/home/me/.local/state/okta-reset');
  expect(at({ LOCALAPPDATA: '/local' }, 'win32')).toBe('/local/okta-reset');
  expect(at({ LOCALAPPDATA: '/local' })).toBe('/home/me/.local/state/okta-reset');
});
