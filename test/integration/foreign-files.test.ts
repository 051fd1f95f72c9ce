/** What can replace one of our files: every file that is read or written × every shape it can have. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { AppContext } from '../../src/app/context.ts';
import { noteHandOut, readHandOuts } from '../../src/app/secrets/hand-outs.ts';
import { RUN_FILES } from '../../src/domain/run/run-file.ts';
import { host } from '../../src/host.ts';
import { isRoot, NOBODY, plant, SHAPES } from '../disk/shapes.ts';
import { expectCode } from './expect-code.ts';
import { closeStages, PLAIN, stage, writesSeen, type Ran } from './rig.ts';

afterAll(closeStages);

const STATE = ['.local', 'state', 'okta-reset'] as const;

/** A run of sealed passwords that was begun and stopped with rows left, and a key that opens them. */
const s = await stage({ users: 14, mix: PLAIN });
const keygen = await s.run(['secrets', 'keygen', '--out', 'key.txt']);
expectCode(keygen, 0);
const [recipient = ''] = /age1\w+/.exec(keygen.stdout + keygen.stderr) ?? [];
const csv = await s.ids(s.org.users());
const planned = ['--file', csv, '--action', 'temp-password', '--secrets-recipient', recipient];
expectCode(await s.run(['plan', ...planned, '--out', 'base/run']), 0);
const begun = s.start(
  ['run', '--plan', 'base/run', '--confirm', `12@${s.host}`, '--concurrency', '1', '--json'],
  { onStdout: (text) => text.includes('"type":"row"') && begun.signal('SIGINT') },
);
expectCode(await begun.ended, 130);
expectCode(await s.run(['followup', 'base/run']), 0);
mkdirSync(s.path('victims'));

let nth = 0;
/** A copy of the run in a separate folder. */
function copied(): string {
  nth += 1;
  const dir = s.path(`copy-${nth}`, 'run');
  cpSync(s.path('base', 'run'), dir, { recursive: true });
  return dir;
}

const oneLine = ({ stderr, stdout }: Ran) => `${stderr} ${stdout}`.replace(/\s+/g, ' ');

function expectRefused(ran: Ran, path: string): void {
  expect([ran.code, oneLine(ran)]).toEqual([5, expect.stringContaining('FILE_NOT_YOURS')]);
  expect(oneLine(ran).replaceAll(' ', '')).toContain(path.replace(s.dir, '').replaceAll(' ', ''));
}

test('the run has every file that a run can have', () => {
  const there = readdirSync(s.path('base', 'run'));
  // A no, a process at work, its log, what the console has handed out, and a seal.
  const { declined, lock, log, handedOut, evidence, signature, ...always } = RUN_FILES;
  expect(there).toEqual(expect.arrayContaining(Object.values(always)));
  expect([declined, lock, log, handedOut, evidence, signature]).toHaveLength(6);
});

/** Files that a run is read from, or that are written to: whatever replaces them ends the run before it acts. */
const NEEDED = ['run', 'plan', 'journal', 'secrets', 'lock'] as const;

describe.each(SHAPES)('%s', (shape) => {
  const kept = (file: (typeof NEEDED)[number]) => file !== 'lock' || shape !== 'hard link';

  test.each(NEEDED.filter(kept))('in place of %s: nobody is acted on', async (file) => {
    const dir = copied();
    const path = join(dir, RUN_FILES[file]);
    const victim = plant(path, shape, s.path('victims'), '{}\n');
    const before = writesSeen(s.org);
    expectRefused(await s.run(['resume', dir]), path);
    expect(writesSeen(s.org)).toBe(before);
    expect(victim?.difference()).toBeUndefined();
  });

  test('in place of what the console has handed out: neither read nor written to', async () => {
    const dir = copied();
    const victim = plant(join(dir, RUN_FILES.handedOut), shape, s.path('victims'), '');
    await expect(readHandOuts(dir)).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
    const shown = { row: 1, userId: undefined, kind: 'shown' } as const;
    const note = noteHandOut(dir, shown, { host } as AppContext);
    await expect(note).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
    expect(victim?.difference()).toBeUndefined();
  });

  test('in place of whatever is made again: nothing behind it is changed, and nothing waits', async () => {
    const dir = copied();
    const needed: readonly string[] = NEEDED.map((file) => RUN_FILES[file]);
    const others = Object.values(RUN_FILES).filter((name) => !needed.includes(name));
    const victims = others.map((name) => plant(join(dir, name), shape, s.path('victims')));
    const before = writesSeen(s.org);
    for (const argv of [
      ['report', dir],
      ['runs', '--in', join(dir, '..')],
      ['followup', dir],
    ]) {
      const ran = await s.run(argv);
      expect([argv, [0, 4, 7].includes(ran.code), oneLine(ran)]).toEqual([
        argv,
        // A folder cannot be replaced by a file.
        shape === 'folder' ? expect.anything() : true,
        expect.not.stringContaining('INTERNAL'),
      ]);
    }
    expect(writesSeen(s.org)).toBe(before);
    expect(victims.map((victim) => victim?.difference())).toEqual(victims.map(() => undefined));
  });

  test('in place of a key or a proof: it opens no secret and proves no consent', async () => {
    const dir = copied();
    const key = s.path(`key-${shape.replaceAll(' ', '-')}`);
    cpSync(s.path('key.txt'), key);
    const victim = plant(key, shape, s.path('victims'));
    expectRefused(await s.run(['secrets', 'open', dir, '--identity', key]), key);
    expect(victim?.difference()).toBeUndefined();

    const consentKey = s.path(...STATE, 'consent.key');
    const text = readFileSync(consentKey);
    plant(consentKey, shape, s.path('victims'));
    const ran = await s.run(['resume', dir]);
    rmSync(consentKey, { recursive: true });
    writeFileSync(consentKey, text, { mode: 0o600 });
    expect([ran.code, oneLine(ran)]).toEqual([
      5,
      expect.stringContaining('Your consent to this run is not saved'),
    ]);
  });

  test('in place of what is made new: it stays as it is', async () => {
    const dir = copied();
    const out = s.path(`new-${shape.replaceAll(' ', '-')}`);
    const victim = plant(out, shape, s.path('victims'), 'mine');
    for (const argv of [
      ['secrets', 'keygen', '--out', out],
      ['secrets', 'open', dir, '--identity', 'key.txt', '--out', out],
      ['plan', '--file', csv, '--out', out],
    ]) {
      // A link to a file is refused as a link, a folder that is empty is taken.
      if (argv[0] === 'plan' && (shape === 'folder' || shape === 'symbolic link')) continue;
      const ran = await s.run(argv);
      expect([argv, ran.code, oneLine(ran)]).toEqual([
        argv,
        2,
        expect.stringMatching(/USAGE|SECRETS_IDENTITY|RUN_EXISTS/),
      ]);
    }
    expect(victim?.difference()).toBeUndefined();
  });
});

// Sandboxes lock by host.
const orgLock = () => `.okta-reset-${s.host.replace(/[^\w.-]/g, '_')}.lock`;

test.each(SHAPES.filter((shape) => shape !== 'hard link'))(
  '%s in place of the lock of the org: nobody is acted on',
  async (shape) => {
    const dir = copied();
    const path = join(dir, '..', orgLock());
    const victim = plant(path, shape, s.path('victims'), '{}\n');
    const before = writesSeen(s.org);
    expectRefused(await s.run(['resume', dir]), path.replace('/run/..', ''));
    expect(writesSeen(s.org)).toBe(before);
    expect(victim?.difference()).toBeUndefined();
  },
);

test('a link in place of a run, or of a new one, is refused; the folder behind it keeps its mode', async () => {
  const dir = copied();
  chmodSync(dir, 0o750);
  const link = s.path(`copy-${nth}`, 'link');
  symlinkSync(dir, link);
  for (const command of ['resume', 'report']) expectRefused(await s.run([command, link]), link);
  const empty = s.path('empty');
  mkdirSync(empty, { mode: 0o755 });
  const linked = s.path('to-empty');
  symlinkSync(empty, linked);
  expectRefused(await s.run(['plan', '--file', csv, '--out', linked]), linked);
  expect([statSync(dir).mode & 0o777, statSync(empty).mode & 0o777]).toEqual([0o750, 0o755]);
  expect(readdirSync(empty)).toEqual([]);
});

test('a run that others can write to is refused, and continues once it is closed to them', async () => {
  const dir = copied();
  chmodSync(dir, 0o775);
  const refused = await s.run(['report', dir]);
  expectRefused(refused, dir);
  expect(oneLine(refused)).toContain('chmod go-w');
  chmodSync(dir, 0o755);
  expectCode(await s.run(['report', dir, '-q']), 0);
});

test('reports/ of a clone under a wide umask is closed to others, and used', async () => {
  mkdirSync(s.path('reports'));
  chmodSync(s.path('reports'), 0o775);
  expectCode(await s.run(['plan', '--file', csv, '-q']), 0);
  expect(statSync(s.path('reports')).mode & 0o777).toBe(0o755);
});

(isRoot ? test : test.skip)(
  'a colleague’s run is refused with the way to take it over, and its copy goes on after a new consent',
  async () => {
    const dir = copied();
    execFileSync('chown', ['-R', `${NOBODY}`, dir]);
    const refused = await s.run(['resume', dir]);
    expectRefused(refused, dir);
    expect(oneLine(refused)).toContain('copy its folder');
    const copy = s.path('taken-over', 'run');
    cpSync(dir, copy, { recursive: true });
    expectCode(await s.run(['report', copy, '-q']), 0);
  },
);

(isRoot ? test : test.skip)(
  'somebody else’s folder is not taken for a new run, whatever lies in it',
  async () => {
    const theirs = s.path('theirs');
    mkdirSync(theirs);
    chmodSync(theirs, 0o777);
    chownSync(theirs, NOBODY, NOBODY);
    expectRefused(await s.run(['plan', '--file', csv, '--out', theirs]), theirs);
    expect(readdirSync(theirs)).toEqual([]);
    writeFileSync(join(theirs, RUN_FILES.secrets), '');
    chmodSync(join(theirs, RUN_FILES.secrets), 0o666);
    const ran = await s.run(['plan', ...planned, '--out', theirs]);
    expect([ran.code, existsSync(join(theirs, RUN_FILES.run))]).toEqual([2, false]);
  },
);

test('a token file that others can write to, or that is somebody else’s, is refused', async () => {
  const path = s.path('token');
  writeFileSync(path, s.org.token);
  chmodSync(path, 0o664);
  const around = { env: { OKTA_CLIENT_TOKEN: '' } };
  const ran = await s.run(['doctor', '--token-file', path], around);
  expect([ran.code, oneLine(ran)]).toEqual([2, expect.stringContaining('write to it (mode 0664)')]);
  expect(oneLine(ran)).toContain('chmod 600');
});

test('Ctrl-C works while a pipe that nobody writes to is waited for', async () => {
  const path = s.path('pipe');
  execFileSync('mkfifo', [path]);
  const asked = () => Object.values(s.org.stats().requests).reduce((sum, count) => sum + count, 0);
  const before = asked();
  const running = s.start(['plan', '--file', path, '--out', 'from-pipe']);
  // It watches for signals once it has asked the org for its identity.
  while (asked() === before) await new Promise((resolve) => void setImmediate(resolve));
  running.signal('SIGINT');
  expect((await running.ended).code).toBe(130);
  expect(existsSync(s.path('from-pipe'))).toBe(false);
});
