import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stepsOf } from '../../src/domain/plan/action.ts';
import { formatDuration } from '../../src/domain/duration.ts';
import { estimateMs } from '../../src/app/plan/estimate.ts';
import { closeStages, PLAIN, stage, type Stage } from '../integration/rig.ts';
import { EPOCH_MS, simulate } from '../pacing/simulation.ts';
import { ROOT } from './documents.ts';

const text = await readFile(join(ROOT, 'docs/scale.md'), 'utf8');

const results = await readFile(join(ROOT, 'bench/RESULTS.md'), 'utf8');

/** The cells of the table whose first column has this title, titles first. */
function tableOf(title: string, document = text): readonly (readonly string[])[] {
  const lines = document.split('\n');
  const from = lines.findIndex((line) => line.startsWith('|') && cellsOf(line)[0] === title);
  const length = lines.slice(from).findIndex((line) => !line.startsWith('|'));
  return lines.slice(from, from + length).map(cellsOf);
}

function cellsOf(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

const TERMS = { windowMs: 60_000, ratePercent: 90, latencyMs: 400, concurrency: 10 };
const estimate = (limit: number, calls: number) => estimateMs({ ...TERMS, limit, calls });

const [titles = [], , ...rows] = tableOf('users');
const columns = titles.slice(1).map((title) => {
  const [, limit, perUser] = /^(\d+)\/min, (\d) calls?$/.exec(title) ?? [];
  return { title, limit: Number(limit), perUser: Number(perUser) };
});
const cells = rows.flatMap(([users = '', ...times]) =>
  columns.map(({ title, limit, perUser }, index) => ({
    users,
    title,
    limit,
    calls: Number(users.replaceAll(',', '')) * perUser,
    time: times[index],
  })),
);

test('the table goes from 100 to 1,000,000 users', () => {
  expect(rows.map(([users]) => users)).toEqual(
    expect.arrayContaining(['100', '1,000', '10,000', '100,000', '1,000,000']),
  );
  expect(columns.length).toBeGreaterThanOrEqual(4);
});

test.each(cells)('$users users at $title: the cell is the estimate', ({ limit, calls, time }) => {
  expect(time).toBe(formatDuration(estimate(limit, calls)));
});

test('the calls per user are the steps of the action', () => {
  const [, , ...actions] = tableOf('action');
  for (const [name = '', ...counts] of actions) {
    const action = name.replaceAll('`', '') as Parameters<typeof stepsOf>[0]['action'];
    const options = [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const;
    const steps = options.map(([revokeSessions, revokeTokens]) =>
      String(stepsOf({ action, sendEmail: true, revokeSessions, revokeTokens }).length),
    );
    expect([name, ...counts]).toEqual([name, ...steps]);
  }
  expect(actions).toHaveLength(3);
});

/** More calls than this are not simulated one by one, because a long run repeats its windows. */
const MOST_CALLS = 2000;

/** The duration of a run in virtual time. Beyond `MOST_CALLS`, continued at the pace of its second half. */
async function simulatedMs(by: 'grid' | 'first-call', limit: number, calls: number) {
  const share = Math.floor((limit * TERMS.ratePercent) / 100);
  const spanMs = async (count: number): Promise<number> => {
    const phaseMs = 37_250;
    const run = await simulate(
      {
        limit,
        windowMs: TERMS.windowMs,
        by,
        phaseMs,
        rounding: 'floor',
        latencyMs: TERMS.latencyMs,
        // The grid's window begins with the run, as the one of the first call does.
        startsAtMs: Math.ceil(EPOCH_MS / TERMS.windowMs) * TERMS.windowMs + phaseMs,
      },
      { calls: count, workers: TERMS.concurrency },
      { ratePercent: TERMS.ratePercent },
    );
    expect([run.done, run.windowRefusals]).toEqual([count, 0]);
    // One call can look for an opening that the header named too early.
    expect(Math.max(...run.perWindow)).toBeLessThanOrEqual(share + 1);
    return run.makespanMs;
  };
  if (calls <= MOST_CALLS) return spanMs(calls);
  // The same rest in the last window, so that the two differ by whole windows.
  const rest = calls % share;
  const windows = Math.floor(MOST_CALLS / share) - 1;
  const after = async (count: number) => ({ count, ms: await spanMs(count * share + rest) });
  const [half, whole] = [await after(Math.floor(windows / 2)), await after(windows)];
  const periodMs = (whole.ms - half.ms) / (whole.count - half.count);
  return whole.ms + ((calls - rest) / share - whole.count) * periodMs;
}

describe('the estimate agrees with runs of the pacing in virtual time', () => {
  test.each(['grid', 'first-call'] as const)('windows by %s', async (by) => {
    const distinct = new Map(cells.map((cell) => [`${cell.limit} ${cell.calls}`, cell]));
    for (const { limit, calls } of distinct.values()) {
      const expected = estimate(limit, calls);
      expect(Math.abs((await simulatedMs(by, limit, calls)) - expected)).toBeLessThan(
        2000 + 0.03 * expected,
      );
    }
  });
});

const numberOf = (cell: string) => Number(cell.replaceAll(',', '').replace(/ .*$/, ''));
const grouped = (value: number) => value.toLocaleString('en-US');

describe('several orgs', () => {
  const [orgTitles = [], , ...orgRows] = tableOf('orgs');
  const peakMiB = measuredPeaks().get('run 200,000') ?? 0;
  const [, cpu = ''] =
    /okta-reset, whole job \| 80 ms .*× +\| ([\d,]+) +\| [\d,]+ +\| 0 /.exec(results) ?? [];
  const cpuUs = numberOf(cpu);

  test('the table goes from 1 to 20 orgs', () => {
    expect(orgRows.map(([orgs]) => orgs)).toEqual(['1', '2', '5', '10', '20']);
    expect([peakMiB, cpuUs]).toEqual([202, 1792]);
  });

  test.each(orgRows.map((cells) => ({ orgs: cells[0], cells })))('$orgs orgs', ({ cells }) => {
    const orgs = numberOf(cells[0] ?? '');
    const callsAMinute = orgs * Math.floor(300 * 0.9);
    const times = orgTitles
      .slice(1, 3)
      .map((title) => formatDuration(estimate(300, numberOf(title) / orgs)));
    expect(cells.slice(1)).toEqual([
      ...times,
      grouped(callsAMinute),
      `${String(Math.ceil(((callsAMinute / 60) * cpuUs) / 10_000))} %`,
      `${((orgs * peakMiB) / 1024).toFixed(1)} GiB`,
    ]);
  });
});

/** The peak memory of bench/RESULTS.md in MiB, by command and rows: `run 200,000`. */
function measuredPeaks(): ReadonlyMap<string, number> {
  return new Map(
    tableOf('command', results)
      .slice(2)
      .map(([command, size, peak]) => [`${command ?? ''} ${size ?? ''}`, Number(peak)]),
  );
}

test('the memory is what was measured', () => {
  const [commands = [], , ...sizes] = tableOf('rows');
  const peaks = measuredPeaks();
  expect(sizes).toHaveLength(3);
  for (const [size = '', ...cells] of sizes)
    expect(cells).toEqual(
      commands.slice(1).map((command) => String(peaks.get(`${command} ${size}`))),
    );
  const [, rowsPerSecond] =
    /okta-reset, whole job \| 0 ms +\| [\d,]+ \| ([\d,]+) /.exec(results) ?? [];
  expect(text).toContain(`sends ${String(rowsPerSecond)} rows a second`);
});

/** Matches a number that is at most a quarter off. */
const near = (figure: number) => ({
  asymmetricMatch: (value: unknown) => Math.abs(Number(value) / figure - 1) <= 0.25,
  toString: () => `about ${String(figure)}`,
});

describe('disk and calls', () => {
  const [, , ...files] = tableOf('file');
  const perRow = new Map(
    files.map(([name = '', bytes = '']) => [name.replaceAll('`', ''), Number(bytes)]),
  );
  const SHOWN_IN_REPORT = 100_000;

  test('the size of a run is that of its files', () => {
    const [, , ...sizes] = tableOf('size of a list');
    expect(sizes.map(([size]) => size)).toEqual(['100', '1,000', '10,000', '100,000', '1,000,000']);
    for (const [size = '', disk = ''] of sizes) {
      const count = numberOf(size);
      let bytes = 0;
      for (const [name, each] of perRow)
        bytes += each * (name === 'report.html' ? Math.min(count, SHOWN_IN_REPORT) : count);
      const megabytes = bytes / 1_000_000;
      expect(disk).toBe(
        `${megabytes < 10 ? megabytes.toFixed(1) : grouped(Math.round(megabytes))} MB`,
      );
    }
  });

  describe('as in a run of 100 users', () => {
    const USERS = 100;
    let s: Stage;
    beforeAll(async () => {
      s = await stage({ users: USERS + 20, mix: PLAIN, seed: 3 });
      const users = [...s.org.users()].filter(({ admin }) => !admin).slice(0, USERS);
      const lines = users.map(({ id, login }) => `${id},${login},${login}\n`);
      await s.writeCsv('list.csv', `id,login,email\n${lines.join('')}`);
      const args = ['--yes', '--max-users', String(USERS), '--out', 'run', '-q'];
      const { code } = await s.run(['run', '--file', 'list.csv', '--canary', '0', ...args]);
      expect(code).toBe(0);
    });
    afterAll(closeStages);

    test('each file takes about what the page says', async () => {
      for (const [name, bytes] of perRow) {
        const content = await readFile(s.path('run', name), 'utf8');
        // A page has much in addition to its rows; the other files have next to nothing.
        const rows =
          name === 'report.html' ? (content.match(/^,?\[\d+,.*\n/gm) ?? []).join('') : content;
        const measured = { name, bytes: Math.round(rows.length / USERS) };
        expect(measured).toEqual({ name, bytes: near(bytes) });
      }
    });

    test('the calls are those of the page', () => {
      const { users, user, ...others } = s.org.stats().requests;
      const [, , ...buckets] = tableOf('bucket');
      const rest = Object.values(others).reduce((sum, calls) => sum + calls, 0);
      const ofPage = buckets.map(([, calls = '']) => numberOf(calls));
      expect([(users ?? 0) * 100, (user ?? 0) * 100, rest]).toEqual(ofPage);
    });
  });
});
