import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCliRig, userFlags, type CliRig, type Ended } from '../cli/rig.ts';
import { expectCode } from './expect-code.ts';
import { closeStages, PLAIN, stage } from './rig.ts';

const YES = ['--yes', '--max-users', '1000'];
const TEMP = ['--action', 'temp-password'];
const CLEAR = ['--secrets-plaintext'];
const MONTH_MS = 30 * 24 * 3_600_000;
const USERS = 12;
let rig: CliRig;
let ids: readonly string[];

beforeEach(async () => {
  rig = await startCliRig({ users: USERS + 2, mix: PLAIN });
  ids = [...rig.org.users()].filter(({ admin }) => !admin).map(({ id }) => id);
});

afterEach(() => rig.close());
afterEach(closeStages);

const said = ({ out, err }: Ended) => (out + err).replace(/\s+/g, ' ');

async function ok(...argv: readonly string[]): Promise<Ended> {
  return coded(0, ...argv);
}

async function coded(code: number, ...argv: readonly string[]): Promise<Ended> {
  const ended = await rig.type(argv);
  expect([argv, ended.code, ended.code === code ? '' : said(ended)]).toEqual([argv, code, '']);
  return ended;
}

/** How often users were given a temporary password: in all, and the one who got most. */
function passwords(): readonly number[] {
  const { total, most } = rig.org.stats().effects.tempPasswords;
  return [total, most];
}

const path = (...parts: readonly string[]) => join(rig.dir, ...parts);

async function skipped(dir: string): Promise<unknown> {
  const summary = JSON.parse(await rig.read(join(dir, 'summary.json'))) as {
    readonly byReason: unknown;
  };
  return summary.byReason;
}

/** Presses Ctrl-C when the first row has ended. */
async function stopped(...argv: readonly string[]): Promise<number> {
  const ended = await rig.type([...argv, '--concurrency', '1', '--json'], {
    onOut: (text) => text.includes('"type":"row"') && rig.press('SIGINT'),
  });
  expect(ended.code).toBe(130);
  return passwords()[0] ?? 0;
}

/** A run of temporary passwords in which three users fail, whom the token may touch again afterwards. */
async function failing(): Promise<void> {
  await ok('plan', ...userFlags(ids), ...TEMP, '--out', 'p1');
  for (const id of ids.slice(0, 3)) rig.org.putOutOfReach(id);
  await coded(4, 'run', '--plan', 'p1', ...CLEAR, '--max-failures', '50%', ...YES);
  for (const id of ids.slice(0, 3)) rig.org.putInReach(id);
  expect(passwords()).toEqual([USERS - 3, 1]);
}

describe('users whom another run in the folder has already acted on', () => {
  test('are left out of the next plan, which says so; --again acts on them', async () => {
    const list = [...userFlags(ids), ...TEMP];
    await ok('run', ...list, ...CLEAR, '--out', 'p1', ...YES);
    const planned = await ok('plan', ...list, '--out', 'p2');
    expect(said(planned)).toMatch(/0 users on .* would be acted on/);
    expect(said(planned)).toMatch(/12 users are left out: run p1 has done the same already/);
    expect(said(planned)).toMatch(/--again acts on them anyway/);
    await ok('run', ...list, ...CLEAR, '--out', 'p3', ...YES);
    expect(await skipped('p3')).toEqual({ 'already-done': USERS });
    expect(passwords()).toEqual([USERS, 1]);
    const again = await ok('run', ...list, '--again', ...CLEAR, '--out', 'p4', ...YES);
    expect(said(again)).toMatch(/--again acts a second time on 12 users/);
    expect(passwords()).toEqual([2 * USERS, 2]);
  });

  test('are found from the runs under reports/ too', async () => {
    const list = [...userFlags(ids), ...TEMP, ...CLEAR];
    await ok('run', ...list, ...YES);
    await ok('run', ...list, ...YES);
    await ok('run', ...list, '--out', 'elsewhere', ...YES);
    expect(passwords()).toEqual([USERS, 1]);
  });

  test('are acted on if the action is different: an email, then a temporary password', async () => {
    await ok('run', ...userFlags(ids), '--out', 'p1', ...YES);
    await ok('run', ...userFlags(ids), ...TEMP, ...CLEAR, '--out', 'p2', ...YES);
    expect(passwords()).toEqual([USERS, 1]);
  });

  test('are acted on once they have changed: next month’s breach', async () => {
    const list = [...userFlags(ids), ...TEMP, ...CLEAR];
    await ok('run', ...list, '--out', 'p1', ...YES);
    rig.clock.move(60_000);
    for (const id of ids.slice(1)) rig.org.finish(id);
    rig.clock.move(MONTH_MS);
    await ok('run', ...list, '--out', 'p2', ...YES);
    expect(await skipped('p2')).toEqual({ 'already-done': 1 });
    expect(passwords()).toEqual([2 * USERS - 1, 2]);
  });

  test('are left out if nobody reads them: it is not known whether they have changed', async () => {
    const list = [...userFlags(ids), ...TEMP, ...CLEAR, '--no-lookup'];
    await ok('run', ...list, '--out', 'p1', ...YES);
    const second = said(await ok('run', ...list, '--out', 'p2', ...YES));
    expect(passwords()).toEqual([USERS, 1]);
    expect(second).toContain(`${USERS} users are left out: run p1 has done the same already`);
    expect(second).not.toContain('of this org');
  });

  test('are known even if the index is gone, is behind, or belongs to another journal', async () => {
    const list = [...userFlags(ids), ...TEMP, ...CLEAR];
    await ok('run', ...list, '--out', 'p1', ...YES);
    const index = await rig.read('p1/index.jsonl');
    const [header = ''] = index.split('\n');
    const other = index.replace(/"link":"[0-9a-f]{4}/, '"link":"0000');
    for (const text of [undefined, '', header, index.slice(0, -20), other, 'nonsense\n']) {
      if (text === undefined) await rm(path('p1', 'index.jsonl'));
      else await writeFile(path('p1', 'index.jsonl'), text);
      await rm(path('p2'), { recursive: true, force: true });
      await ok('run', ...list, '--out', 'p2', ...YES);
    }
    expect(passwords()).toEqual([USERS, 1]);
  });

  test('are known without what is in the journal before the index ends', async () => {
    const list = [...userFlags(ids), ...TEMP, ...CLEAR];
    await ok('run', ...list, '--out', 'p1', ...YES);
    const journal = await readFile(path('p1', 'journal.jsonl'));
    // Nothing but its end is looked at.
    await writeFile(path('p1', 'journal.jsonl'), journal.fill('#', 0, journal.length - 200));
    await ok('run', ...list, '--out', 'p2', ...YES);
    expect(await skipped('p2')).toEqual({ 'already-done': USERS });
  });
});

describe('a plan that another run overtakes', () => {
  test('two plans over one list act on each user once', async () => {
    const list = [...userFlags(ids), ...TEMP];
    await ok('plan', ...list, '--out', 'p1');
    await ok('plan', ...list, '--out', 'p2');
    await ok('run', '--plan', 'p1', ...CLEAR, ...YES);
    await ok('run', '--plan', 'p2', ...CLEAR, ...YES);
    expect(passwords()).toEqual([USERS, 1]);
  });

  test('even without reading the users', async () => {
    const list = [...userFlags(ids), ...TEMP, '--no-lookup'];
    await ok('plan', ...list, '--out', 'p1');
    await ok('plan', ...list, '--out', 'p2');
    await ok('run', '--plan', 'p1', ...CLEAR, ...YES);
    await ok('run', '--plan', 'p2', ...CLEAR, ...YES);
    expect(await skipped('p2')).toEqual({ 'already-done': USERS });
    expect(passwords()).toEqual([USERS, 1]);
  });

  test('a copied run directory, run twice', async () => {
    await ok('plan', ...userFlags(ids), ...TEMP, '--out', 'p1');
    await cp(path('p1'), path('copy'), { recursive: true });
    for (const dir of ['p1', 'copy']) await ok('run', '--plan', dir, ...CLEAR, ...YES);
    expect(passwords()).toEqual([USERS, 1]);
  });

  test('the copy of a half-done run, resumed after the run itself', async () => {
    const done = await stopped('run', ...userFlags(ids), ...TEMP, ...CLEAR, '--out', 'p1', ...YES);
    expect(done).toBeLessThan(USERS);
    await cp(path('p1'), path('copy'), { recursive: true });
    for (const dir of ['p1', 'copy']) await ok('resume', dir, ...CLEAR);
    expect(passwords()).toEqual([USERS, 1]);
  });

  test('the results of a stopped run, moved and rerun before the run is resumed', async () => {
    await stopped('run', ...userFlags(ids), ...TEMP, ...CLEAR, '--out', 'p1', ...YES);
    await rename(path('p1', 'results.csv'), path('away.csv'));
    await ok('rerun', 'away.csv', ...CLEAR, '--out', 'c1', ...YES);
    await ok('resume', 'p1', ...CLEAR);
    expect(passwords()).toEqual([USERS, 1]);
  });
});

describe('rows that ended in a run are taken up by one rerun', () => {
  test('a rerun that is requested twice is refused the second time', async () => {
    await failing();
    await ok('rerun', 'p1', ...CLEAR, '--out', 'c1', ...YES);
    expect(passwords()).toEqual([USERS, 1]);
    for (const source of ['p1', 'p1/results.csv']) {
      const refused = await coded(5, 'rerun', source, ...CLEAR, '--out', 'c2', ...YES);
      expect(refused.err).toMatch(/RUN_HANDED_OVER/);
      expect(said(refused)).toMatch(/okta-reset rerun c1/);
    }
    expect(passwords()).toEqual([USERS, 1]);
    const dead = ids.slice(0, 3).map((id) => rig.org.effects(id)?.tempPasswords);
    expect(dead).toEqual([1, 1, 1]);
    await ok('rerun', 'p1', '--again', ...CLEAR, '--out', 'c3', ...YES);
    expect(passwords()).toEqual([USERS + 3, 2]);
  });

  test('a rerun sends nothing if the journal of its run was changed after its plan', async () => {
    await failing();
    await ok('rerun', 'p1', '--only', 'failed', '-n', '--out', 'c1');
    const journal = path('p1', 'journal.jsonl');
    const text = await readFile(journal, 'utf8');
    await writeFile(journal, text.replace('"outcome":"failed"', '"outcome":"unknown"'));
    const refused = await coded(3, 'run', '--plan', 'c1', ...CLEAR, ...YES);
    expect(refused.err).toMatch(/RUN_DAMAGED/);
    expect(passwords()).toEqual([USERS - 3, 1]);
  });

  test('two reruns that were planned together do not both act', async () => {
    await failing();
    for (const out of ['c1', 'c2']) await ok('rerun', 'p1', '--only', 'failed', '-n', '--out', out);
    await ok('run', '--plan', 'c1', ...CLEAR, ...YES);
    const refused = await coded(5, 'run', '--plan', 'c2', ...CLEAR, ...YES);
    expect(refused.err).toMatch(/PLAN_OVERTAKEN/);
    expect(passwords()).toEqual([USERS, 1]);
  });

  test('other rows of the run are still available', async () => {
    await failing();
    const [header = '', ...failed] = (await rig.read('p1/failed.csv')).trim().split('\n');
    await writeFile(path('p1', 'one.csv'), `${[header, failed[0]].join('\n')}\n`);
    await ok('rerun', 'p1/one.csv', ...CLEAR, '--out', 'c1', ...YES);
    const others = await ok('rerun', 'p1', ...CLEAR, '--out', 'c2', ...YES);
    expect(said(others)).toMatch(/1 row that another run has taken up already stays out/);
    expect(passwords()).toEqual([USERS, 1]);
  });

  test('a run whose rerun is gone is not rerun by mistake', async () => {
    await failing();
    await ok('rerun', 'p1', ...CLEAR, '--out', 'c1', ...YES);
    await rename(path('c1'), path('..', `${rig.dir.split('/').at(-1) ?? ''}-c1`));
    const refused = await coded(5, 'rerun', 'p1', ...CLEAR, '--out', 'c2', ...YES);
    expect(said(refused)).toMatch(/not known whom it acted on/);
    await rm(`${rig.dir}-c1`, { recursive: true });
  });

  test('the run itself continues after a rerun of rows that had ended', async () => {
    await ok('plan', ...userFlags(ids), ...TEMP, '--out', 'p1');
    rig.org.putOutOfReach(ids[0] ?? '');
    await stopped('run', '--plan', 'p1', ...CLEAR, '--max-failures', '50%', ...YES);
    rig.org.putInReach(ids[0] ?? '');
    await ok('rerun', 'p1', '--only', 'failed', ...CLEAR, '--out', 'c1', ...YES);
    const resumed = await rig.type(['resume', 'p1', ...CLEAR, '--max-failures', '50%']);
    expect(said(resumed)).not.toMatch(/RUN_HANDED_OVER/);
    expect(resumed.code).toBe(4);
    expect(passwords()).toEqual([USERS, 1]);
  });
});

describe('a resend', () => {
  const HOUR_MS = 3_600_000;

  test('that is requested twice resends dead links once', async () => {
    await ok('run', ...userFlags(ids), '--out', 'p1', ...YES);
    rig.clock.move(2 * HOUR_MS);
    await ok('followup', 'p1', '--resend', '--out', 'r1', ...YES);
    const again = await ok('followup', 'p1', '--resend', '--out', 'r2', ...YES);
    expect(said(again)).toMatch(/nothing to resend/);
    expect(rig.org.stats().effects.resets).toMatchObject({ total: 2 * USERS, most: 2 });
  });

  test('two that were planned together do not both send', async () => {
    await ok('run', ...userFlags(ids), '--out', 'p1', ...YES);
    rig.clock.move(2 * HOUR_MS);
    // Without a yes the plan is left.
    for (const out of ['r1', 'r2']) await coded(5, 'followup', 'p1', '--resend', '--out', out);
    await ok('run', '--plan', 'r1', ...YES);
    const refused = await coded(5, 'run', '--plan', 'r2', ...YES);
    expect(refused.err).toMatch(/PLAN_OVERTAKEN/);
    expect(rig.org.stats().effects.resets).toMatchObject({ total: 2 * USERS, most: 2 });
  });

  test('leaves out users who still have a valid link or password, unless --again', async () => {
    const waiting = ['followup', 'p1', '--resend', '--only', 'waiting'];
    await ok('run', ...userFlags(ids), ...TEMP, ...CLEAR, '--out', 'p1', ...YES);
    const kept = await ok(...waiting, ...CLEAR, '--out', 'r1', ...YES);
    expect(said(kept)).toMatch(/12 users are left out/);
    expect(passwords()).toEqual([USERS, 1]);
    await ok(...waiting, '--again', ...CLEAR, '--out', 'r2', ...YES);
    expect(passwords()).toEqual([2 * USERS, 2]);
  });
});

describe('one run at a time per org', () => {
  test('a copy that is taken up from another folder while its original is in progress is refused', async () => {
    await stopped('run', ...userFlags(ids), '--out', 'p1', ...TEMP, ...CLEAR, ...YES);
    await cp(path('p1'), path('elsewhere', 'p1'), { recursive: true });
    const during: Promise<Ended>[] = [];
    const first = await rig.type(['resume', 'p1', ...CLEAR, '--json'], {
      onOut: (text) => {
        if (text.includes('"run-started"'))
          during.push(rig.type(['resume', 'elsewhere/p1', ...CLEAR]));
      },
    });
    expect(first.code).toBe(0);
    const refused = await during[0];
    expect([refused?.code, refused?.err]).toEqual([5, expect.stringMatching(/ORG_IN_USE/)]);
    // When the original has ended, the copy finds that everybody is done.
    await ok('resume', 'elsewhere/p1', ...CLEAR);
    expect(passwords()).toEqual([USERS, 1]);
  });

  test('a second one of the same folder is refused while the first is in progress', async () => {
    const half = USERS / 2;
    // The org answers so slowly that the second one is over before the first has done anything.
    const s = await stage({ users: USERS + 2, mix: PLAIN, latencyMs: 20_000 });
    const users = [...s.org.users()].filter(({ admin }) => !admin).map(({ id }) => id);
    const argv = (from: number, out: string) => {
      const chosen = userFlags(users.slice(from, from + half));
      return ['run', ...chosen, ...TEMP, ...CLEAR, '--out', out, ...YES];
    };
    const given = () => s.org.stats().effects.tempPasswords;
    expectCode(await s.run([...argv(half, 'p2'), '-n']), 0);
    let begun = () => {};
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    const first = s.start([...argv(0, 'p1'), '--json'], {
      onStdout: (text) => text.includes('"run-started"') && begun(),
    });
    await isBegun;
    const refused = await s.run(['run', '--plan', 'p2', ...CLEAR, ...YES]);
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringMatching(/ORG_IN_USE/)]);
    expectCode(await first.ended, 0);
    expect(given()).toMatchObject({ total: half, most: 1 });
    // Its plan is kept, and continues when the first one has ended.
    expectCode(await s.run(['run', '--plan', 'p2', ...CLEAR, ...YES]), 0);
    expect(given()).toMatchObject({ total: USERS, most: 1 });
  });
});
