import { afterAll, expect, test } from '@jest/globals';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectCode } from './expect-code.ts';
import { closeStages, mailsByUser, PLAIN, stage, type Stage } from './rig.ts';

afterAll(closeStages);

const USERS = 12;
const plain = (text: string) => text.replace(/\s+/g, ' ');

/** A run that was begun and stopped, and the flags that a manifest has for it. */
async function begun() {
  const s = await stage({ users: USERS + 2, mix: PLAIN });
  const csv = await s.ids(s.org.users());
  expectCode(await s.run(['plan', '--file', csv, '--out', 'run']), 0);
  const yes = ['--confirm', `${USERS}@${s.host}`];
  const first = s.start(['run', '--plan', 'run', ...yes, '--concurrency', '1', '--json'], {
    onStdout: (text) => text.includes('"type":"row"') && first.signal('SIGTERM'),
  });
  expectCode(await first.ended, 143);
  return { s, yes };
}

/** The lock of a pod that has died: pid 1, in another namespace, on a machine that nobody can ask. */
const ofDeadPod = (pod: string) =>
  JSON.stringify({
    pid: 1,
    hostname: pod,
    startedAt: '2026-11-22T03:15:02.000Z',
    processStart: 'd9f0b1a2-0000-4000-8000-000000000000/4711',
    pidSpace: 'pid:[4026532999]',
    token: `of-${pod}`,
  });

const besideRuns = (s: Stage) => s.path(`.okta-reset-${s.host.replace(':', '_')}.lock`);
const lockFiles = async (s: Stage) =>
  (await readdir(s.dir, { recursive: true })).filter((name) => name.includes('lock'));

test.each(['okta-reset-x7k2p', 'okta-reset-0'])(
  'the locks that a dead pod left are taken over only with --exclusive-volume, in %s',
  async (hostname) => {
    const { s, yes } = await begun();
    const done = mailsByUser(s.org).size;
    await writeFile(s.path('run', 'lock'), ofDeadPod('okta-reset-0'));
    await writeFile(besideRuns(s), ofDeadPod('okta-reset-0'));
    for (const line of [
      ['resume', 'run', ...yes],
      ['run', '--plan', 'run', ...yes],
    ]) {
      const refused = await s.run(line, { hostname });
      expectCode(refused, 5);
      expect(plain(refused.stderr)).toContain('in use by process 1 on okta-reset-0');
    }
    expect(mailsByUser(s.org).size).toBe(done);
    const resumed = await s.run(['resume', 'run', ...yes, '--exclusive-volume'], { hostname });
    expectCode(resumed, 0);
    const said = plain(resumed.stderr);
    expect(said).toContain('--exclusive-volume: process 1 on okta-reset-0 held this run');
    expect(said).toMatch(/--exclusive-volume: took over \S+\.lock too, which process 1/);
    expect([mailsByUser(s.org).size, Math.max(...mailsByUser(s.org).values())]).toEqual([USERS, 1]);
    expect(await lockFiles(s)).toEqual([]);
  },
);

const isOnOtherVolume = (path: string) =>
  statSync(path, { throwIfNoEntry: false })?.dev !== statSync(tmpdir()).dev;
const otherVolume = ['/dev/shm', '/var/tmp', '/tmp'].filter(existsSync).find(isOnOtherVolume);
const withOtherVolume = otherVolume === undefined ? test.skip : test;

withOtherVolume('says nothing of a state directory on another volume', async () => {
  const { s, yes } = await begun();
  const elsewhere = await mkdtemp(join(otherVolume ?? '', 'okta-reset-state-'));
  const env = { XDG_STATE_HOME: elsewhere };
  const resume = ['resume', 'run', ...yes, '--exclusive-volume'];
  try {
    expectCode(await s.run([...resume, '--max-duration', '1ms'], { env }), 7);
    const lock = `${elsewhere}/okta-reset/orgs/${s.host.replace(':', '_')}.lock`;
    await writeFile(lock, ofDeadPod('another-laptop'));
    const refused = await s.run(resume, { env });
    expectCode(refused, 5);
    expect(plain(refused.stderr)).toContain('ORG_IN_USE');
    expect(await readFile(lock, 'utf8')).toContain('another-laptop');
  } finally {
    await rm(elsewhere, { recursive: true, force: true });
  }
});

test.each([undefined, 'another-pod'])(
  'a process that is working on this machine keeps its run: here %s',
  async (hostname) => {
    const s = await stage({ users: USERS + 2, mix: PLAIN, latencyMs: 20 });
    const csv = await s.ids(s.org.users());
    expectCode(await s.run(['plan', '--file', csv, '--out', 'run']), 0);
    const yes = ['--confirm', `${USERS}@${s.host}`];
    let tellBegun = () => {};
    const isBegun = new Promise<void>((resolve) => (tellBegun = resolve));
    const first = s.start(['run', '--plan', 'run', ...yes, '--concurrency', '1', '--json'], {
      onStdout: (text) => text.includes('"type":"row"') && tellBegun(),
    });
    await isBegun;
    const second = await s.run(['resume', 'run', ...yes, '--exclusive-volume'], {
      pid: process.ppid,
      ...(hostname === undefined ? {} : { hostname }),
    });
    expectCode(second, 5);
    expect(second.stderr).toMatch(/RUN_LOCKED/);
    expectCode(await first.ended, 0);
    expect([mailsByUser(s.org).size, Math.max(...mailsByUser(s.org).values())]).toEqual([USERS, 1]);
  },
);

test('--exclusive-volume is refused if it has no meaning', async () => {
  const s = await stage({ users: 1 });
  for (const line of [
    ['plan', '--user', 'a@b.example'],
    ['run', '--user', 'a@b.example'],
    ['run', '--user', 'a@b.example', '--dry-run'],
    ['rerun', 'run'],
    ['followup', 'run', '--resend'],
    ['report', 'run'],
    ['console'],
    ['resume', 'run', '--force-unlock'],
    ['run', '--plan', 'run', '--force-unlock'],
  ]) {
    const ran = await s.run([...line, '--exclusive-volume']);
    expect([line, ran.code, ran.stderr]).toEqual([
      line,
      2,
      expect.stringContaining('--exclusive-volume'),
    ]);
  }
});

test('a run continues in a home that cannot be written to, if --confirm gives the consent', async () => {
  const { s, yes } = await begun();
  await writeFile(s.path('file'), '');
  const env = { XDG_STATE_HOME: s.path('file') };
  expectCode(await s.run(['resume', 'run'], { env }), 5);
  const resumed = await s.run(['resume', 'run', ...yes], { env });
  expectCode(resumed, 0);
  expect(resumed.stderr).toMatch(/consent could not be saved/);
  expect([mailsByUser(s.org).size, Math.max(...mailsByUser(s.org).values())]).toEqual([USERS, 1]);
});
