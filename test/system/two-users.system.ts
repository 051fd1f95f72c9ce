/**
 * One account against another, with the command as it is shipped. Without root there is only one account: skipped, and
 * counted.
 */
import { afterAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isRoot, NOBODY } from '../disk/shapes.ts';
import { expectCode } from '../integration/expect-code.ts';
import { closeStages, mailsByUser, PLAIN, stage, type Stage } from '../integration/rig.ts';
import { spawnCommand } from '../integration/spawned.ts';

afterAll(closeStages);

const twoUsers = isRoot ? test : test.skip;
const COLLEAGUE = 4711;
/** A process that has not ended by then hangs. */
const HANGS_AFTER_MS = 60_000;

/** A folder and an org of “nobody”, who runs every command; root and a colleague are the others. */
async function staged(): Promise<Stage & { readonly csv: string }> {
  const s = await stage({ users: 6, mix: PLAIN });
  const csv = await s.ids([...s.org.users()].slice(2));
  execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, s.dir]);
  return Object.assign(s, { csv });
}

async function asNobody(s: Stage, argv: readonly string[], env = {}) {
  const { child, ended } = spawnCommand(s, argv, { uid: NOBODY, env });
  const hangs = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER_MS);
  const ran = await ended.finally(() => clearTimeout(hangs));
  expect([argv, ran.signal]).toEqual([argv, null]);
  return ran;
}

function giveTo(path: string, uid: number): void {
  execFileSync('chown', ['-R', `${uid}:${uid}`, path]);
}

twoUsers(
  'a folder of somebody else, with a secrets.jsonl that waits for a password, gets none',
  async () => {
    const s = await staged();
    const theirs = s.path('theirs');
    mkdirSync(theirs);
    const trap = join(theirs, 'secrets.jsonl');
    writeFileSync(trap, '');
    for (const path of [theirs, trap]) chownSync(path, COLLEAGUE, COLLEAGUE);
    chmodSync(theirs, 0o777);
    chmodSync(trap, 0o666);
    const secrets = [
      '--action',
      'temp-password',
      '--secrets-plaintext',
      '--confirm',
      `4@${s.host}`,
    ];
    const ran = await asNobody(s, ['run', '--file', s.csv, '--out', theirs, ...secrets]);
    expect(ran.code).toBe(2);
    expect(readFileSync(trap, 'utf8')).toBe('');

    // The same with a run that was planned before, and a trap that was put there since.
    expectCode(
      await asNobody(s, ['plan', '--file', s.csv, '--out', 'run', ...secrets.slice(0, 3)]),
      0,
    );
    cpSync(trap, s.path('run', 'secrets.jsonl'));
    chownSync(s.path('run', 'secrets.jsonl'), COLLEAGUE, COLLEAGUE);
    chmodSync(s.path('run', 'secrets.jsonl'), 0o666);
    const refused = await asNobody(s, ['run', '--plan', 'run', ...secrets.slice(2)]);
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('FILE_NOT_YOURS')]);
    expect(readFileSync(s.path('run', 'secrets.jsonl'), 'utf8')).toBe('');
    expect(s.org.stats().effects.tempPasswords.total).toBe(0);
  },
);

twoUsers('--out on a link changes no folder behind it, not even for root', async () => {
  const s = await staged();
  const foreign = s.path('foreign');
  mkdirSync(foreign, { mode: 0o755 });
  giveTo(foreign, COLLEAGUE);
  symlinkSync(foreign, s.path('link'));
  for (const uid of [NOBODY, undefined]) {
    const { ended } = spawnCommand(s, ['plan', '--file', s.csv, '--out', 'link'], { uid });
    const ran = await ended;
    expect([ran.code, ran.stderr]).toEqual([5, expect.stringContaining('FILE_NOT_YOURS')]);
  }
  expect(statSync(foreign).mode & 0o777).toBe(0o755);
  expect(readdirSync(foreign)).toEqual([]);
});

twoUsers(
  'a colleague’s run is refused; its copy goes on after a consent of one’s own',
  async () => {
    const s = await staged();
    expectCode(await asNobody(s, ['plan', '--file', s.csv, '--out', 'run']), 0);
    giveTo(s.path('run'), COLLEAGUE);
    // What a colleague shares can be read, and is closed to others who write.
    execFileSync('chmod', ['-R', 'a+rX', s.path('run')]);
    const yes = ['--confirm', `4@${s.host}`];
    const refused = await asNobody(s, ['run', '--plan', 'run', ...yes]);
    expect([refused.code, refused.stderr.replace(/\s+/g, ' ')]).toEqual([
      5,
      expect.stringContaining('copy its folder (cp -r THEIRS YOURS)'),
    ]);
    expect(mailsByUser(s.org).size).toBe(0);
    mkdirSync(s.path('mine'));
    cpSync(s.path('run'), s.path('mine', 'run'), { recursive: true });
    giveTo(s.path('mine'), NOBODY);
    expectCode(await asNobody(s, ['run', '--plan', 'mine/run', ...yes]), 0);
    expect(mailsByUser(s.org).size).toBe(4);
  },
);

twoUsers(
  'a token that root has mounted through links is used; one of a colleague is not',
  async () => {
    const s = await staged();
    const mount = s.path('mount');
    mkdirSync(join(mount, '..2026'), { recursive: true });
    writeFileSync(join(mount, '..2026', 'token'), s.org.token, { mode: 0o644 });
    symlinkSync('..2026', join(mount, '..data'));
    symlinkSync('..data/token', join(mount, 'token'));
    const plan = [
      'plan',
      '--file',
      s.csv,
      '--token-file',
      join(mount, 'token'),
      '--org',
      s.org.url,
    ];
    const env = { OKTA_CLIENT_TOKEN: '' };
    expectCode(await asNobody(s, [...plan, '--out', 'run'], env), 0);
    chownSync(join(mount, '..2026', 'token'), COLLEAGUE, COLLEAGUE);
    const refused = await asNobody(s, [...plan, '--out', 'other'], env);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('uid 4711')]);
  },
);

twoUsers('a pipe that nobody writes to does not outlive Ctrl-C', async () => {
  const s = await staged();
  execFileSync('mkfifo', [s.path('pipe')]);
  giveTo(s.path('pipe'), NOBODY);
  const { child, ended } = spawnCommand(s, ['plan', '--file', 'pipe', '--out', 'run'], {
    uid: NOBODY,
  });
  const hangs = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER_MS);
  // It has begun to wait once it has asked the org for its identity.
  while (Object.keys(s.org.stats().requests).length === 0)
    await new Promise((resolve) => void setTimeout(resolve, 50));
  child.kill('SIGINT');
  const ran = await ended.finally(() => clearTimeout(hangs));
  expect([ran.signal, ran.code]).toEqual([null, 130]);
  expect(existsSync(s.path('run'))).toBe(false);
});
