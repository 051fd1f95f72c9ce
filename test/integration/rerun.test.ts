import { afterAll, describe, expect, test } from '@jest/globals';
import { readFile, rename, rm } from 'node:fs/promises';
import { openAppendFile } from '../../src/journal/append-file.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { readRunFile } from '../../src/journal/run-file.ts';
import { replayJournal } from '../../src/journal/replay.ts';
import { expectCode } from './expect-code.ts';
import { closeStages, outcomes, PLAIN, readCsv, stage, type Stage } from './rig.ts';

afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000'];

/** How often each user's password was reset; the token's owner and the other admin are never. */
function resets(s: Stage): readonly number[] {
  return [...s.org.users()]
    .filter(({ admin }) => !admin)
    .map(({ id }) => s.org.effects(id)?.resets ?? 0);
}

const most = (s: Stage) => Math.max(...resets(s));
const times = (s: Stage, wanted: number) => resets(s).filter((n) => n === wanted).length;

async function json(s: Stage, ...path: readonly string[]): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(s.path(...path), 'utf8')) as Record<string, unknown>;
}

/** A run over 20 users, stopped by Ctrl-C after its first rows. */
async function stopped(out = 'p1', options: { readonly action?: readonly string[] } = {}) {
  const s = await stage({ users: 22, mix: PLAIN, latencyMs: 20 });
  await s.rockstar();
  const { action = [] } = options;
  expectCode(await s.run(['plan', '--csv', 'users.csv', ...action, '--out', out]), 0);
  const secrets = action.includes('temp-password') ? ['--secrets-plaintext'] : [];
  const running = s.start(
    ['run', '--plan', out, '--concurrency', '1', ...secrets, ...YES, '--json'],
    { onStdout: (text) => text.includes('"type":"row"') && running.signal('SIGINT') },
  );
  expectCode(await running.ended, 130);
  const done = (await readCsv(s.path(out, 'results.csv'))).filter(
    (row) => row['_outcome'] === 'succeeded',
  ).length;
  expect([done > 0, done < 20]).toEqual([true, true]);
  return { s, done };
}

describe('the rest of a stopped run', () => {
  test('is reset once: by the rerun, and no more by resume or run --plan', async () => {
    const { s, done } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '--out', 'c1', ...YES]), 0);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
    for (const argv of [
      ['resume', 'p1'],
      ['run', '--plan', 'p1', ...YES],
    ]) {
      const refused = await s.run(argv);
      expectCode(refused, 5);
      expect(refused.stderr).toMatch(/RUN_HANDED_OVER/);
      expect(refused.stderr).toMatch(/→ okta-reset resume c1\n/);
    }
    expect(most(s)).toBe(1);
    // The child goes on by itself, and the parent's journal is whole.
    expectCode(await s.run(['resume', 'c1']), 0);
    const report = await s.run(['report', 'p1']);
    expect(report.stderr).not.toMatch(/damaged/);
    expect(report.stdout).toMatch(new RegExp(`${done} of 22 rows succeeded`));
    expect((await json(s, 'p1', 'summary.json'))['chain']).toBe('intact');
  });

  test('is not taken up a second time', async () => {
    const action = ['--action', 'temp-password'];
    const { s } = await stopped('p1', { action });
    const secrets = ['--secrets-plaintext', ...YES];
    expectCode(await s.run(['rerun', 'p1', '--out', 'c1', ...secrets]), 0);
    const again = await s.run(['rerun', 'p1', '--out', 'c2', ...secrets]);
    expectCode(again, 5);
    expect(again.stderr).toMatch(/RUN_HANDED_OVER/);
    expect(s.org.stats().effects.tempPasswords).toMatchObject({ total: 20, most: 1 });
    // Rows that have ended are free.
    expectCode(await s.run(['rerun', 'p1', '--only', 'succeeded', '--out', 'c3', '-n']), 0);
  });

  test('a rerun that was stopped itself hands on what is left', async () => {
    const { s } = await stopped();
    const running = s.start(
      ['rerun', 'p1', '--out', 'c1', '--concurrency', '1', ...YES, '--json'],
      {
        onStdout: (text) => text.includes('"type":"row"') && running.signal('SIGINT'),
      },
    );
    expectCode(await running.ended, 130);
    expectCode(await s.run(['resume', 'p1']), 5);
    expectCode(await s.run(['resume', 'c1']), 0);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });

  test('a plan that nobody has executed is handed over as well', async () => {
    const s = await stage({ users: 22, mix: PLAIN });
    await s.rockstar();
    expectCode(await s.run(['plan', '--csv', 'users.csv', '--out', 'p1']), 0);
    expectCode(await s.run(['rerun', 'p1', '--out', 'c1', ...YES]), 0);
    const refused = await s.run(['run', '--plan', 'p1', ...YES]);
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/RUN_HANDED_OVER/);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
    expect((await s.run(['report', 'p1'])).stderr).not.toMatch(/damaged/);
  });

  test('failed rows alone leave the run resumable', async () => {
    const { s } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '--only', 'succeeded', '--out', 'c1', ...YES]), 0);
    expectCode(await s.run(['resume', 'p1']), 0);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });
});

describe('a rerun that was planned and left', () => {
  test('is refused once the run has gone on', async () => {
    const { s } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '-n', '--out', 'c1']), 0);
    expectCode(await s.run(['resume', 'p1']), 0);
    const refused = await s.run(['run', '--plan', 'c1', ...YES]);
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/PLAN_OVERTAKEN/);
    expect(refused.stderr).toMatch(/okta-reset rerun p1\n/);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });

  test('is refused once another rerun has taken the rows', async () => {
    const { s } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '-n', '--out', 'c1']), 0);
    expectCode(await s.run(['rerun', 'p1', '--out', 'c2', ...YES]), 0);
    const refused = await s.run(['run', '--plan', 'c1', ...YES]);
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/PLAN_OVERTAKEN/);
    expect(most(s)).toBe(1);
  });

  test('is executed where nothing has happened since, and the run is handed over only then', async () => {
    const { s } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '-n', '--out', 'c1']), 0);
    const parents = (await json(s, 'c1', 'run.json'))['parents'];
    expect(parents).toEqual([expect.objectContaining({ dir: '../p1' })]);
    const before = await readFile(s.path('p1', 'journal.jsonl'), 'utf8');
    // No consent: nothing begins.
    expectCode(await s.run(['run', '--plan', 'c1']), 5);
    expect(await readFile(s.path('p1', 'journal.jsonl'), 'utf8')).toBe(before);
    expectCode(await s.run(['run', '--plan', 'c1', ...YES]), 0);
    expectCode(await s.run(['resume', 'p1']), 5);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });

  test('waits for nobody: it is refused while another process has the run', async () => {
    const { s } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '-n', '--out', 'c1']), 0);
    let begun = () => {};
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    const first = s.start(['resume', 'p1', '--concurrency', '1', '--json'], {
      onStdout: (text) => text.includes('"type":"row"') && begun(),
    });
    await isBegun;
    const refused = await s.run(['run', '--plan', 'c1', ...YES], { pid: process.ppid });
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/RUN_LOCKED/);
    expectCode(await first.ended, 0);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });

  test('begins after a crash between the note in the run and its own first record', async () => {
    const { s } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '-n', '--out', 'c1']), 0);
    const path = s.path('p1', 'journal.jsonl');
    const replay = await replayJournal(path, await readRunFile(s.path('p1', 'run.json')));
    const head = replay.head();
    const journal = await openJournal({ file: await openAppendFile(path), head, path });
    const { runId } = await readRunFile(s.path('c1', 'run.json'));
    const note = { kind: 'handed-over', runId, dir: '../c1', rows: 1 } as const;
    await journal.append({ kind: 'note', at: new Date().toISOString(), note });
    await journal.close();
    expectCode(await s.run(['run', '--plan', 'c1', ...YES]), 0);
    expectCode(await s.run(['resume', 'p1']), 5);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });

  test('is refused where the run has been moved away: it may have gone on there', async () => {
    const { s } = await stopped();
    expectCode(await s.run(['rerun', 'p1', '-n', '--out', 'c1']), 0);
    await rename(s.path('p1'), s.path('p9'));
    const refused = await s.run(['run', '--plan', 'c1', ...YES]);
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/PLAN_OVERTAKEN/);
    await rename(s.path('p9'), s.path('p1'));
    expectCode(await s.run(['run', '--plan', 'c1', ...YES]), 0);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
  });
});

describe('a run that another process executes', () => {
  test.each([
    ['rerun', ['rerun', 'p1']],
    ['followup --resend', ['followup', 'p1', '--resend', '--only', 'waiting', ...YES]],
  ])('%s is refused', async (_, argv) => {
    const { s } = await stopped();
    let begun = () => {};
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    const first = s.start(['resume', 'p1', '--concurrency', '1', '--json'], {
      onStdout: (text) => text.includes('"type":"row"') && begun(),
    });
    await isBegun;
    const refused = await s.run([...argv, '--out', 'c1'], { pid: process.ppid });
    expectCode(refused, 5);
    expect(refused.stderr).toMatch(/RUN_LOCKED/);
    expectCode(await first.ended, 0);
    expect(outcomes(await readCsv(s.path('p1', 'results.csv')))['succeeded']).toBe(20);
    expect([times(s, 1), most(s)]).toEqual([20, 1]);
    // The look at the lock left nothing behind.
    await rm(s.path('c1'), { recursive: true, force: true });
    expectCode(await s.run(['rerun', 'p1', '--only', 'succeeded', '-n', '--out', 'c1']), 0);
  });
});
