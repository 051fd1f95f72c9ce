/** What a person reads at the end of a run. */
import { describe, expect, test } from '@jest/globals';
import type { ExecutedRun } from '../../src/app/run/settle.ts';
import { endScreen } from '../../src/cli/screens/end-screen.ts';
import { makeStyle, type Style } from '../../src/cli/terminal/style.ts';
import { BARE_LINES } from '../../src/domain/run/next-commands.ts';
import type { Summary } from '../../src/domain/run/summary.ts';
import { wordsOf, type Text } from '../../src/text/styled.ts';
import { runFile } from '../report/sample.ts';
import { roomLeft } from './room-left.ts';
import { marked } from './marked.ts';

const none = { succeeded: 0, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 0 };

function screen(
  summary: Partial<Summary>,
  more: Partial<ExecutedRun>,
  style: Style,
  width = 80,
): readonly Text[] {
  const run = runFile();
  const whole = {
    ...{ format: 1, runId: run.runId, rows: 0, counts: none, byReason: {}, byError: {} },
    ...{ traffic: [], invocations: 1, chain: 'intact', executedBy: [] },
    ...summary,
  } as Partial<Summary> as Summary;
  const ended: ExecutedRun = {
    ...{ dir: '/w/reports/r', name: 'reports/r', run, summary: whole, left: 0, takenUp: 0 },
    ...{ secrets: 'none', exitCode: 0 },
    ...more,
  };
  return endScreen(ended, BARE_LINES, { width, style });
}

const lines = (summary: Partial<Summary>, more: Partial<ExecutedRun> = {}): readonly string[] =>
  screen(summary, more, makeStyle(false)).flatMap((text) => wordsOf(text).split('\n'));

test('the rows are counted in one column, and those of nobody only for what succeeded', () => {
  const counts = { ...none, succeeded: 1200, failed: 13 };
  const shown = lines({ rows: 1213, counts });
  expect(shown).toContain('The run is finished.');
  expect(shown.filter((line) => /^ {2}(succeeded|failed|skipped|unknown|rows)/.test(line))).toEqual(
    ['  succeeded    1,200', '  failed          13', '  rows in all  1,213'],
  );
  expect(lines({})).toContain('  succeeded    0');
});

test('the codes that most rows failed with come first, with their numbers in one column', () => {
  const shown = lines({ byError: { E0000006: 2, E0000047: 1100 } });
  const at = shown.indexOf('What failed');
  expect(shown[at + 1]).toMatch(/^ {2}1,100 × {2}E0000047 {2}\S/);
  expect(shown.slice(at)).toContainEqual(expect.stringMatching(/^ {6}2 × {2}E0000006 {2}\S/));
});

test('calls and those that Okta put off are counted, and the time if the run has one', () => {
  const traffic = [
    { bucket: 'users', calls: 1200, throttled: 1, waitedMs: 0 },
    { bucket: 'logs', calls: 1, throttled: 2, waitedMs: 0 },
  ];
  expect(lines({ traffic })).toContain('1,201 calls, 3 429s.');
  const times = { startedAt: '2026-11-22T03:00:00.000Z', finishedAt: '2026-11-22T03:05:00.000Z' };
  const one = [{ bucket: 'users', calls: 1, throttled: 1, waitedMs: 0 }];
  expect(lines({ traffic: one, ...times, invocations: 2, estimateMs: 240_000 })).toContain(
    '5 min in 2 invocations, breaks included, 1 call, 1 429. The estimate was 4 min.',
  );
});

test('what failed and what stays unknown use the width of the terminal', async () => {
  const counts = { ...none, failed: 1, unknown: 1 };
  const summary = { rows: 2, counts, byError: { E0000006: 1, E0000047: 1, E0000001: 1 } };
  const partIn = (width: number, from: RegExp, to: RegExp) => {
    const words = screen(summary, {}, makeStyle(false), width).map(wordsOf);
    const shown = words.join('\n').split('\n');
    const after = shown.slice(shown.findIndex((line) => from.test(line)));
    return after.slice(
      0,
      after.findIndex((line) => to.test(line)),
    );
  };
  expect(await roomLeft((width) => partIn(width, /^ {2}1 × /, /^$/))).toBe(1);
  expect(await roomLeft((width) => partIn(width, / stays unknown/, /^Next/))).toBe(0);
});

describe('a run that has not reached its end', () => {
  const counts = { ...none, succeeded: 3, failed: 2, unknown: 2, 'not-attempted': 3 };
  const LOOK =
    'Look at the failures first. When you know the cause, this command allows more of them:';
  const times = { startedAt: '2026-11-22T03:00:00.000Z', finishedAt: '2026-11-22T03:05:00.000Z' };

  test('says why it stopped instead, and compares nothing with the estimate', () => {
    const stop = { kind: 'max-duration', limitMs: 300_000 } as const;
    const shown = lines({ rows: 10, counts, stop, ...times, estimateMs: 60_000 }, { left: 4 });
    expect(shown).toContain('Stopped after 5 min, as asked.');
    expect(shown).toContain('5 min, 0 calls, 0 429s.');
    expect(shown.join('\n')).not.toContain('finished');
  });

  test.each<[boolean, Summary['stop'], left: number]>([
    [true, { kind: 'failure-share', failed: 5, ended: 10 }, 1],
    [true, { kind: 'all-not-found', ended: 10 }, 1],
    [false, { kind: 'failure-share', failed: 5, ended: 10 }, 0],
    [false, { kind: 'signal', signal: 'SIGINT' }, 1],
    [false, undefined, 1],
  ])('asks to look at the failures first: %s (%j, %d left)', (asks, stop, left) => {
    expect(lines({ rows: 10, counts, stop }, { left }).includes(LOOK)).toBe(asks);
  });

  test.each([
    // Three are not attempted, and resume settles what is left beyond them.
    [3, '2 rows stay unknown. Look these users up before'],
    [4, '1 row stays unknown. Look these users up before'],
    [5, undefined],
  ])('with %d left, it says of those that no resume settles: %s', (left, says) => {
    const text = lines({ rows: 10, counts }, { left }).join('\n');
    if (says === undefined) expect(text).not.toContain('unknown. Look');
    else expect(text).toContain(says);
  });
});

test('a run that had ended before says when, and that nothing was sent', () => {
  const shown = lines({}, { endedBefore: '2026-11-22T03:15:02.345Z' });
  expect(shown.slice(0, 3)).toEqual([
    '',
    'This run ended at 2026-11-22 03:15 UTC. Nothing was sent this time.',
    'The run is finished.',
  ]);
  expect(lines({})[1]).toBe('The run is finished.');
});

test('the report and the commands that continue come last', () => {
  const counts = { ...none, succeeded: 3, failed: 2 };
  expect(lines({ rows: 5, counts }).slice(-3)).toEqual([
    'Report  reports/r/report.html',
    'Next    okta-reset rerun reports/r',
    '        okta-reset followup reports/r',
  ]);
});

test('eight codes are shown, each with its whole meaning next to it', () => {
  const codes = Array.from({ length: 9 }, (_, at) => `E000000${at + 1}`);
  const shown = lines({ byError: Object.fromEntries(codes.map((code, at) => [code, 20 - at])) });
  const heads = shown.flatMap((line) => /^ {2}(\d+) × {2}(E\d+)/.exec(line)?.slice(1) ?? []);
  expect(heads).toEqual(codes.slice(0, 8).flatMap((code, at) => [String(20 - at), code]));
  for (const line of shown) expect(line.length).toBeLessThanOrEqual(80);
});

test('what succeeded is green, what failed or is unknown is red, and a stop is yellow', () => {
  const counts = { ...none, succeeded: 1, skipped: 1, failed: 1, unknown: 1, 'not-attempted': 1 };
  const stop = { kind: 'signal', signal: 'SIGINT' } as const;
  const shown = screen({ rows: 5, counts, stop }, {}, makeStyle(true)).map(marked);
  expect(shown.slice(1, 8)).toEqual([
    'bold(yellow(Stopped by SIGINT.))',
    'green(  succeeded      1)',
    '  skipped        1',
    'red(  failed         1)',
    'red(  unknown        1)',
    '  not-attempted  1',
    '  rows in all    5',
  ]);
});
