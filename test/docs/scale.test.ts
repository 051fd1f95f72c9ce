import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stepsOf } from '../../src/domain/plan/action.ts';
import { formatDuration } from '../../src/domain/duration.ts';
import { estimateMs } from '../../src/app/plan/estimate.ts';
import { EPOCH_MS, simulate } from '../pacing/simulation.ts';
import { ROOT } from './documents.ts';

const text = await readFile(join(ROOT, 'docs/scale.md'), 'utf8');

/** The cells of the table whose first column has this title, titles first. */
function tableOf(title: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
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

/** More calls than this are not simulated one by one: a long run repeats its windows. */
const MOST_CALLS = 2000;

/** The makespan of a run under virtual time; beyond `MOST_CALLS` carried on at the pace of its second half. */
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
    // One call may look for an opening that the header named too early.
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

describe('the estimate agrees with runs of the pacing under virtual time', () => {
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
