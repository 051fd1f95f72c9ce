import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Followup } from '../../src/app/followup/followup.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import { drawnBy } from './drawn.ts';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

const HOUR_MS = 3_600_000;
const YES = ['--yes', '--max-users', '50'];
let rig: CliRig;
let ids: readonly string[];

async function reset(out: string, users: readonly string[], more: readonly string[] = []) {
  const ended = await rig.type(['run', ...userFlags(users), '--out', out, ...YES, ...more]);
  if (ended.code !== 0) throw new Error(ended.err);
}

async function followup(...argv: readonly string[]): Promise<Followup> {
  const ended = await rig.type(['followup', ...argv, '--json']);
  const events = ended.events as readonly (Followup & { readonly type: string })[];
  const found = events.find(({ type }) => type === 'followup');
  if (found === undefined) throw new Error(ended.err);
  return found;
}

const writes = () => JSON.stringify(rig.org.stats().effects);

async function listed(dir: string): Promise<Record<string, string>> {
  const [header = '', ...lines] = (await rig.read(join(dir, 'followup.csv'))).trim().split('\n');
  const state = header.split(',').indexOf('state');
  const cells = lines.map((line) => line.split(','));
  return Object.fromEntries(cells.map((row) => [row[0] ?? '', row[state] ?? '']));
}

beforeEach(async () => {
  rig = await startCliRig({ users: 150, mix: { bounced: 0.3 } });
  ids = eligible(rig.org, 24);
});

afterEach(() => rig.close());

describe('followup', () => {
  test('shows each user’s state, writes the list for the help desk, and sends no write', async () => {
    await reset('run', ids);
    const [first = '', second = '', third = ''] = ids;
    rig.org.finish(first);
    rig.org.finish(second);
    rig.org.suspend(third);
    const before = writes();
    const now = await followup('run');
    expect(writes()).toBe(before);
    const { counts } = now;
    expect(counts.finished).toBe(2);
    expect(counts.bounced).toBeGreaterThan(0);
    expect(counts.waiting + counts.bounced + counts.finished + counts.gone).toBe(24);
    expect(now).toMatchObject({ users: 24, proven: 24, proofs: 'whole', neverReset: 0 });
    expect(now).toMatchObject({ linkLifetimeMs: HOUR_MS, linkLifetimeFrom: 'policy' });

    const states = await listed('run');
    expect(Object.keys(states)).toEqual([...ids]);
    expect(states).toMatchObject({ [first]: 'finished', [second]: 'finished' });
    expect(Object.values(states).filter((state) => state === 'bounced')).toHaveLength(
      counts.bounced,
    );
    expect((await stat(join(rig.dir, 'run/followup.csv'))).mode & 0o777).toBe(0o600);
  });

  test('links expire after the policy’s lifetime, or earlier or later with --link-lifetime', async () => {
    await reset('run', ids);
    rig.clock.move(HOUR_MS - 60_000);
    expect((await followup('run')).counts['link-dead']).toBe(0);
    rig.clock.move(120_000);
    const dead = (await followup('run')).counts;
    expect(dead.waiting).toBe(0);
    expect(dead['link-dead'] + dead.bounced).toBe(24);
    const longer = await followup('run', '--link-lifetime', '2h');
    expect(longer.counts).toMatchObject({ 'link-dead': 0, waiting: dead['link-dead'] });
    expect(longer.linkLifetimeFrom).toBe('flag');
  });

  test('is readable text with what to do next', async () => {
    await reset('run', ids);
    rig.clock.move(2 * HOUR_MS);
    const { out, code } = await rig.type(['followup', 'run']);
    expect(code).toBe(0);
    expect(out).toMatch(/1 run on .*: 0 of 24 users finished/);
    expect(out).toMatch(/users reset +24/);
    expect(out).toContain('okta-reset followup run --resend');
  });

  test('temporary passwords never expire; a user who set a new one has finished', async () => {
    await reset('run', ids.slice(0, 4), ['--action', 'temp-password', '--secrets-plaintext']);
    rig.org.finish(ids[0] ?? '');
    rig.clock.move(50 * HOUR_MS);
    const { counts, proven } = await followup('run');
    expect(counts).toMatchObject({ finished: 1, waiting: 3, 'link-dead': 0 });
    expect(proven).toBe(4);
  });

  test('a run that nobody executed has nothing to follow up', async () => {
    await rig.type(['plan', ...userFlags(ids), '--out', 'plan']);
    const { code, err } = await rig.type(['followup', 'plan']);
    expect([code, err]).toEqual([3, expect.stringContaining('okta-reset run --plan')]);
  });
});

describe('--resend', () => {
  test('resets only the users who are stuck, and the chain of runs counts each user once', async () => {
    await reset('first', ids.slice(0, 12));
    const finished = ids[0] ?? '';
    rig.org.finish(finished);
    rig.clock.move(2 * HOUR_MS);
    const { counts } = await followup('first');
    const stuck = counts['link-dead'];
    const argv = ['followup', 'first', '--resend', '--out', 'second', ...YES, '--json'];
    const again = await rig.type(argv);
    // Each line of standard output is an event.
    const types = again.events.map(({ type }) => type as string);
    expect([again.code, types.at(0), types.at(-1)]).toEqual([0, 'followup', 'summary']);
    const specs = ['first', 'second'].map(async (run) => {
      const { spec } = JSON.parse(await rig.read(`${run}/run.json`)) as RunFile;
      return spec;
    });
    const [spec, newSpec] = await Promise.all(specs);
    expect(newSpec).toEqual(spec);
    const resets = ids.slice(0, 12).map((id) => rig.org.effects(id)?.resets);
    expect(resets.filter((times) => times === 2)).toHaveLength(stuck);
    expect(rig.org.effects(finished)?.resets).toBe(1);
    for (const run of ['first', 'second']) {
      const after = await followup(run);
      expect(after).toMatchObject({ users: 12, proven: 12 });
      expect(after.runs).toHaveLength(2);
      expect(after.counts).toMatchObject({ finished: 1, waiting: stuck, 'link-dead': 0 });
    }
  });

  test('helps users whose email bounced with a temporary password', async () => {
    await reset('first', ids);
    const { counts } = await followup('first');
    const rescue = ['--only', 'bounced', '--action', 'temp-password', '--secrets-plaintext'];
    const ended = await rig.type([
      'followup',
      'first',
      '--resend',
      ...rescue,
      ...YES,
      '--out',
      'b',
    ]);
    expect(ended.code).toBe(0);
    expect(ended.out).toMatch(/be unencrypted/);
    expect(rig.org.stats().effects.tempPasswords).toMatchObject({
      total: counts.bounced,
      most: 1,
    });
  });

  test('asks for consent like any run, and sends nothing without it', async () => {
    await reset('first', ids.slice(0, 6));
    rig.clock.move(2 * HOUR_MS);
    const before = writes();
    const refused = await rig.type(['followup', 'first', '--resend']);
    expect([refused.code, writes()]).toEqual([5, before]);
  });

  test('if nobody is stuck there is nothing to do', async () => {
    await reset('first', ids.slice(0, 3));
    const { code, out } = await rig.type(['followup', 'first', '--resend', '--only', 'no-trace']);
    expect([code, out]).toEqual([0, expect.stringContaining('nothing to resend')]);
  });
});

describe('reruns from a results.csv', () => {
  const runFileOf = async (dir: string) =>
    JSON.parse(await rig.read(`${dir}/run.json`)) as Partial<RunFile>;

  /** Runs over users of whom some fail, and lets the failed ones be reset afterwards. */
  async function failedRun(out: string, users: readonly string[], failed: readonly string[]) {
    await rig.type(['plan', ...userFlags(users), '--out', out]);
    for (const id of failed) rig.org.putOutOfReach(id);
    await rig.type(['run', '--plan', out, ...YES]);
    for (const id of failed) rig.org.putInReach(id);
  }

  const rerun = async (file: string, out: string) => {
    const choice = ['--only', 'failed,skipped', '--out', out];
    return rig.type(['rerun', file, ...choice, ...YES]);
  };

  test('belong to the chain: each user counts once, by the newest reset', async () => {
    await failedRun('first', ids.slice(0, 6), ids.slice(4, 6));
    expect((await followup('first')).users).toBe(4);
    expect((await rerun('first/results.csv', 'again')).code).toBe(0);
    for (const run of ['first', 'again']) {
      const after = await followup(run);
      expect(after.runs).toHaveLength(2);
      expect(after).toMatchObject({ users: 6, neverReset: 0 });
    }
  });

  test('a file that mixes several runs belongs to the chain of each', async () => {
    await failedRun('first', ids.slice(0, 6), ids.slice(4, 6));
    await failedRun('second', ids.slice(6, 12), ids.slice(10, 12));
    const lines = async (run: string) => (await rig.read(`${run}/results.csv`)).trim().split('\n');
    const [header, ...rows] = [...(await lines('first')), ...(await lines('second')).slice(1)];
    await writeFile(join(rig.dir, 'mixed.csv'), `${[header, ...rows].join('\n')}\n`);
    expect((await rerun('mixed.csv', 'again')).code).toBe(0);
    const runs = [(await runFileOf('first')).runId, (await runFileOf('second')).runId];
    expect(await runFileOf('again')).toMatchObject({
      parentRunId: runs[0],
      parentRunIds: runs,
    });
    for (const run of ['first', 'second', 'again']) {
      const after = await followup(run);
      expect(after.runs).toHaveLength(3);
      expect(after).toMatchObject({ users: 12, neverReset: 0 });
    }
  });

  test('only the runs of the chosen rows are parents', async () => {
    await failedRun('first', ids.slice(0, 3), []);
    await failedRun('second', ids.slice(3, 6), ids.slice(5, 6));
    const [header, ...rows] = (await rig.read('first/results.csv')).trim().split('\n');
    const others = (await rig.read('second/results.csv')).trim().split('\n').slice(1);
    await writeFile(join(rig.dir, 'mixed.csv'), `${[header, ...rows, ...others].join('\n')}\n`);
    expect((await rerun('mixed.csv', 'again')).code).toBe(0);
    const { parentRunId, parentRunIds } = await runFileOf('again');
    expect([parentRunId, parentRunIds]).toEqual([(await runFileOf('second')).runId, undefined]);
    expect((await followup('first')).runs).toHaveLength(1);
  });
});

describe('--watch', () => {
  test('checks again until everybody is done', async () => {
    await reset('run', ids.slice(0, 5));
    let looks = 0;
    const ended = await rig.type(['followup', 'run', '--watch', '--every', '10m', '--json'], {
      onOut: (text) => {
        if (!text.includes('"followup"')) return;
        looks += 1;
        if (looks === 2) for (const id of ids.slice(0, 5)) rig.org.finish(id);
        // The sleep begins after this line was written.
        setImmediate(() => setImmediate(() => rig.clock.move(600_000)));
      },
    });
    expect(ended.code).toBe(0);
    expect(looks).toBe(3);
    expect(ended.events.at(-1).counts.finished).toBe(5);
  });

  test('Ctrl-C ends it in order', async () => {
    await reset('run', ids.slice(0, 3));
    const ended = await rig.type(['followup', 'run', '--watch', '--json'], {
      onOut: (text) => {
        if (text.includes('"followup"')) setImmediate(() => rig.press('SIGINT'));
      },
    });
    expect(ended.code).toBe(0);
  });
});

describe('--watch on a terminal', () => {
  const watch = (
    env: Readonly<Record<string, string | undefined>>,
    onLook: (look: number) => void,
  ) => {
    let written = '';
    let looks = 0;
    return rig.type(['followup', 'run', '--watch', '--every', '10m'], {
      tty: true,
      env: { CI: undefined, ...env },
      onOut: (text) => {
        written += text;
        const line = !text.includes('\u001b[H') && text.includes('users reset');
        if (!line && !text.includes('next check at')) return;
        looks += 1;
        onLook(looks);
        const { other } = drawnBy(written);
        if (other !== undefined) seen.push(other);
        setImmediate(() => setImmediate(() => rig.clock.move(600_000)));
      },
    });
  };
  let seen: (readonly string[])[] = [];
  beforeEach(() => {
    seen = [];
  });

  test('draws one screen in place, and leaves the last result on a clean one', async () => {
    await reset('run', ids.slice(0, 5));
    const ended = await watch({}, (look) => {
      const users = look === 1 ? ids.slice(0, 2) : ids.slice(0, 5);
      for (const id of users) rig.org.finish(id);
    });
    expect([ended.code, ended.err]).toEqual([0, '']);
    expect(seen.map(([head]) => head?.replace(/^.*: /, ''))).toEqual([
      '0 of 5 users finished',
      '2 of 5 users finished',
    ]);
    expect(seen[1]?.at(-2)).toMatch(/^2 finished in the 10 min/);
    expect(seen[1]?.at(-1)).toMatch(/^Checked at .*, next check at .*Ctrl-C leaves\.$/);
    const { own, other } = drawnBy(ended.out);
    expect(other).toBeUndefined();
    expect(own[0]).toMatch(/5 of 5 users finished$/);
    expect(own.join('\n')).not.toContain('Again');
  });

  test('Ctrl-C leaves the last result, and the command that repeats it', async () => {
    await reset('run', ids.slice(0, 3));
    const ended = await watch({}, () => setImmediate(() => rig.press('SIGINT')));
    expect([ended.code, ended.err]).toEqual([0, '']);
    const { own, other } = drawnBy(ended.out);
    expect(other).toBeUndefined();
    expect(own[0]).toMatch(/0 of 3 users finished$/);
    expect(own.filter((line) => line.startsWith('Again'))).toEqual([
      'Again   okta-reset followup run --watch',
    ]);
  });

  test('what goes wrong meanwhile is shown on a clean screen', async () => {
    await reset('run', ids.slice(0, 3));
    const ended = await watch({}, () => rig.org.revokeToken(rig.org.token));
    expect([ended.code, ended.err]).toEqual([6, expect.stringContaining('[AUTH_REJECTED]')]);
    expect(drawnBy(ended.out).other).toBeUndefined();
  });

  test.each([{ NO_COLOR: '1' }, { CI: '1' }, { TERM: 'dumb' }])(
    'with %j it is plain lines, one per check',
    async (env) => {
      await reset('run', ids.slice(0, 3));
      const ended = await watch(env, () => {
        for (const id of ids.slice(0, 3)) rig.org.finish(id);
      });
      expect(ended.code).toBe(0);

      expect(ended.out).not.toMatch(/\u001b\[[?HKJ]/);
    },
  );
});

test.each([
  [['--every', '5m'], '--every works only with --watch'],
  [['--watch', '--resend'], '--watch and --resend'],
  [['--confirm', '3@x'], '--confirm works only with --resend'],
  [['--resend', '--only', 'finished'], '--only does not know'],
  [['--between', '8-18'], '--between takes hours'],
  [['--link-lifetime', 'soon'], '--link-lifetime takes a length of time'],
])('%j is refused', async (flags, says) => {
  const { code, err } = await rig.type(['followup', 'run', ...flags]);
  expect([code, err]).toEqual([2, expect.stringContaining(says)]);
});

test('the zone after --between belongs to it, a run after it does not', async () => {
  const zone = await rig.type(['followup', 'run', '--between', '08:00-18:00', 'Europe/Berlin']);
  expect(zone.err).toContain('[RUN_NOT_FOUND]');
  const run = await rig.type(['followup', '--between', '08:00-18:00', 'reports/run']);
  expect(run.err).toContain('no run directory reports/run');
});
