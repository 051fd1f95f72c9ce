import { afterAll, expect, test } from '@jest/globals';
import { chmodSync } from 'node:fs';
import { chmod, chown, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOpenToAll } from '../disk/shapes.ts';
import { expectCode } from '../integration/expect-code.ts';
import {
  closeStages,
  isEligible,
  mailsByUser,
  NO_STACK,
  outcomes,
  PLAIN,
  readCsv,
  stage,
  type Stage,
} from '../integration/rig.ts';
import { spawnCommand } from '../integration/spawned.ts';

afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000', '-q'];

test('a disk that fills up in the middle: nothing more is sent, what is known is kept, resume finishes', async () => {
  const s = await stage({ users: 62, seed: 6, mix: PLAIN });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  expectCode(await s.run(['plan', '--file', csv, '--out', 'run', '-q']), 0);
  const ran = await spawnCommand(s, ['run', '--plan', 'run', ...YES], { fileKib: 16 }).ended;
  expectCode(ran, 7);
  expect(ran.stderr + ran.stdout).toMatch(/EFBIG/);
  expect(ran.stderr + ran.stdout).toMatch(/resume/);
  expect(ran.stderr + ran.stdout).not.toMatch(NO_STACK);
  const sent = mailsByUser(s.org);
  const journal = await readFile(s.path('run', 'journal.jsonl'), 'utf8');
  expect(sent.size).toBeGreaterThan(0);
  expect(sent.size).toBeLessThan(60);
  // Everyone who was emailed is in the journal, because the attempt was on disk before it left.
  for (const id of sent.keys()) expect([id, journal.includes(id)]).toEqual([id, true]);
  expectCode(await s.run(['resume', 'run', '-q']), 0);
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([60, 1]);
  expect(outcomes(await readCsv(s.path('run', 'results.csv')))).toEqual({ succeeded: 60 });
}, 60_000);

test('a place that cannot be written to is reported before anything of the list is read', async () => {
  const s = await stage({ users: 20, mix: PLAIN });
  const csv = await s.ids(s.org.users());
  const ran = await s.run(['run', '--file', csv, '--out', '/proc/okta-reset-run', ...YES]);
  expectCode(ran, 2);
  expect(ran.stderr).toMatch(/DISK/);
  expect(ran.stderr).toMatch(/another|--out/);
  expect(ran.stderr).not.toMatch(/okta-reset resume/);
  expect(ran.stderr).not.toMatch(NO_STACK);
  expect(mailsByUser(s.org).size).toBe(0);
});

const NOBODY = 65_534;
const HERE = fileURLToPath(import.meta.url);

// Permissions do not bind root, so the process under test runs as an account that they bind.
const uid = process.getuid?.() === 0 ? NOBODY : undefined;
const ifBound =
  uid === undefined ? process.platform !== 'win32' : [HERE, process.execPath].every(isOpenToAll);

/** Gives the folder and all in it to the account that the process under test runs as. */
async function giveAway(dir: string): Promise<void> {
  if (uid === undefined) return;
  const names = await readdir(dir, { recursive: true });
  for (const name of ['', ...names]) await chown(join(dir, name), uid, uid);
}

/** A run that was stopped after some rows, owned by an account that permissions bind. */
async function halfDone(): Promise<Stage> {
  const s = await stage({ users: 62, seed: 5, mix: PLAIN });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  expectCode(await s.run(['plan', '--file', csv, '--out', 'run', '-q']), 0);
  const running = s.start(['run', '--plan', 'run', ...YES, '--json'], {
    onStdout: (text) => {
      if (text.includes('"type":"row"')) running.signal('SIGINT');
    },
  });
  expectCode(await running.ended, 130);
  await giveAway(s.dir);
  return s;
}

(ifBound ? test : test.skip)(
  'a run directory that has become read-only: nothing is sent, what is known is kept, and it goes on once that is fixed',
  async () => {
    const s = await halfDone();
    const before = mailsByUser(s.org);
    const journal = await readFile(s.path('run', 'journal.jsonl'));
    for (const [name, mode] of [
      ['run', 0o500],
      ['run/journal.jsonl', 0o400],
    ] as const) {
      await chmod(s.path(name), mode);
      const ran = await spawnCommand(s, ['resume', 'run', '-q'], { uid }).ended;
      expectCode(ran, 7);
      expect(ran.stderr).toMatch(/\[DISK\]/);
      expect(ran.stderr).toMatch(/EACCES/);
      expect(ran.stderr).toMatch(/okta-reset(\.m?js)? resume run/);
      expect(ran.stderr).not.toMatch(NO_STACK);
      expect(mailsByUser(s.org)).toEqual(before);
      expect(await readFile(s.path('run', 'journal.jsonl'))).toEqual(journal);
      await chmod(s.path(name), 0o700);
    }

    // Now in the middle: the open journal still accepts its records, but the report has no space.
    let closed = false;
    const { ended } = spawnCommand(s, ['resume', 'run', '--json'], {
      uid,
      onStdout: (text) => {
        if (closed || !text.includes('"type":"row"')) return;
        closed = true;
        chmodSync(s.path('run'), 0o500);
      },
    });
    const ran = await ended;
    expectCode(ran, 7);
    expect(ran.stderr).toMatch(/\[DISK\]/);
    expect(ran.stderr).toMatch(/okta-reset(\.m?js)? resume run/);
    const mails = mailsByUser(s.org);
    expect([mails.size, Math.max(...mails.values())]).toEqual([60, 1]);

    await chmod(s.path('run'), 0o700);
    expectCode(await spawnCommand(s, ['resume', 'run', '-q'], { uid }).ended, 0);
    expect(mailsByUser(s.org)).toEqual(mails);
    expect(outcomes(await readCsv(s.path('run', 'results.csv')))).toEqual({ succeeded: 60 });
  },
  60_000,
);
