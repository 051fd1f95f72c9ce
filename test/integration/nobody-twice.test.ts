import { cpSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { expectCode } from './expect-code.ts';
import { closeStages, isEligible, outcomes, PLAIN, readCsv, stage, type Stage } from './rig.ts';

afterAll(closeStages);

const USERS = 20;
const YES = ['--yes', '--max-users', '100', '-q'];

interface Way {
  readonly action: 'reset-password' | 'temp-password' | 'expire-password';
  readonly flags: readonly string[];
}

const WAYS: readonly Way[] = [
  { action: 'reset-password', flags: [] },
  { action: 'temp-password', flags: ['--action', 'temp-password'] },
  { action: 'expire-password', flags: ['--action', 'expire-password'] },
];

async function prepare(way: Way) {
  const s = await stage({ users: USERS + 2, seed: 11, mix: PLAIN });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  const sealed: string[] = [];
  if (way.action === 'temp-password') {
    const made = await s.run(['secrets', 'keygen', '--out', 'key.txt']);
    sealed.push('--secrets-recipient', /age1[a-z0-9]+/.exec(made.stdout + made.stderr)![0]);
  }
  const plan = async (out: string) =>
    expectCode(await s.run(['plan', '--file', csv, ...way.flags, '--out', out, '-q']), 0);
  const run = (dir: string) => s.run(['run', '--plan', dir, ...YES, ...sealed]);
  return { s, plan, run, sealed };
}

/** How often the users were acted on, by the org's own count: the most, and how many. */
function actedOn(s: Stage): { readonly most: number; readonly users: number } {
  const each = [...s.org.users()].map(({ id }) => {
    const done = s.org.effects(id);
    return done === undefined ? 0 : done.resets + done.tempPasswords + done.expirations;
  });
  return { most: Math.max(...each), users: each.filter((times) => times > 0).length };
}

const once = { most: 1, users: USERS };

describe.each(WAYS)('nobody is acted on twice: $action', (way) => {
  test('a copied run directory that is run twice', async () => {
    const { s, plan, run } = await prepare(way);
    await plan('run');
    await cp(s.path('run'), s.path('other', 'copy'), { recursive: true });
    expectCode(await run('run'), 0);
    expectCode(await run('other/copy'), 0);
    expect(actedOn(s)).toEqual(once);
    const rows = await readCsv(s.path('other', 'copy', 'results.csv'));
    expect(outcomes(rows)).toEqual({ skipped: USERS });
    expect(new Set(rows.map((row) => row['_reason']))).toEqual(new Set(['changed-since']));
  });

  test('two plans over one list, run one after the other', async () => {
    const { s, plan, run } = await prepare(way);
    await plan('one');
    await plan('other/two');
    expectCode(await run('one'), 0);
    expectCode(await run('other/two'), 0);
    expect(actedOn(s)).toEqual(once);
  });

  test('a half-done run, its copy resumed', async () => {
    const { s, plan, run, sealed } = await prepare(way);
    await plan('run');
    const running = s.start(['run', '--plan', 'run', ...YES, ...sealed, '--json'], {
      onStdout: (text) => {
        if (text.includes('"type":"row"')) running.signal('SIGINT');
      },
    });
    expectCode(await running.ended, 130);
    await cp(s.path('run'), s.path('other', 'copy'), { recursive: true });
    expectCode(await run('run'), 0);
    expectCode(await run('other/copy'), 0);
    expect(actedOn(s)).toEqual(once);
  });

  test('results.csv moved and rerun, then the earlier run resumed', async () => {
    const { s, plan, run, sealed } = await prepare(way);
    await plan('run');
    const running = s.start(['run', '--plan', 'run', ...YES, ...sealed, '--json'], {
      onStdout: (text) => {
        if (text.includes('"type":"row"')) running.signal('SIGINT');
      },
    });
    expectCode(await running.ended, 130);
    await cp(s.path('run', 'results.csv'), s.path('carried.csv'));
    const only = ['--only', 'failed,not-attempted', '--out', 'other/again'];
    expectCode(await s.run(['rerun', 'carried.csv', ...only, ...YES, ...sealed]), 0);
    expectCode(await run('run'), 0);
    expect(actedOn(s)).toEqual(once);
  });
});

test('a copy of a run in progress is refused; forced later, it issues new passwords only for rows it saw in progress', async () => {
  const { s, plan, sealed } = await prepare({
    action: 'temp-password',
    flags: ['--action', 'temp-password'],
  });
  await plan('run');
  let copied = false;
  let inTime: Promise<unknown> = Promise.resolve();
  const flags = [...YES, ...sealed, '--concurrency', '3'];
  const running = s.start(['run', '--plan', 'run', ...flags, '--json'], {
    onStdout: (text) => {
      if (copied || !text.includes('"type":"row"')) return;
      copied = true;
      cpSync(s.path('run'), s.path('other', 'copy'), { recursive: true });
      inTime = s.run(['resume', 'other/copy', ...flags]);
    },
  });
  expectCode(await running.ended, 0);
  expect(copied).toBe(true);
  expect(await inTime).toMatchObject({ code: 5, stderr: expect.stringMatching(/RUN_LOCKED/) });
  expect(actedOn(s)).toEqual(once);
  await rm(s.path('other', 'copy', 'lock'));
  expectCode(await s.run(['resume', 'other/copy', ...flags]), 0);
  const twice = [...s.org.users()].filter(({ id }) => (s.org.effects(id)?.tempPasswords ?? 0) > 1);
  // Two rows per connection can be ready.
  expect(twice.length).toBeLessThanOrEqual(6);
  expect(actedOn(s).most).toBeLessThanOrEqual(2);
});
