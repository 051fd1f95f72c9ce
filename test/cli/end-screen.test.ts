/** What a person reads at the end of a run. */
import { expect, test } from '@jest/globals';
import type { ExecutedRun } from '../../src/app/run/settle.ts';
import { endScreen } from '../../src/cli/screens/end-screen.ts';
import { makeStyle } from '../../src/cli/terminal/style.ts';
import { BARE_LINES } from '../../src/domain/run/next-commands.ts';
import type { Summary } from '../../src/domain/run/summary.ts';
import { wordsOf } from '../../src/text/styled.ts';
import { runFile } from '../report/sample.ts';

const none = { succeeded: 0, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 0 };

function lines(summary: Partial<Summary>): readonly string[] {
  const run = runFile();
  const whole = {
    ...{ format: 1, runId: run.runId, rows: 0, counts: none, byReason: {}, byError: {} },
    ...{ traffic: [], invocations: 1, chain: 'intact', executedBy: [] },
    ...summary,
  } as Partial<Summary> as Summary;
  const ended: ExecutedRun = {
    ...{ dir: '/w/reports/r', name: 'reports/r', run, summary: whole, left: 0, takenUp: 0 },
    ...{ secrets: 'none', exitCode: 0 },
  };
  const options = { width: 80, style: makeStyle(false) };
  return endScreen(ended, BARE_LINES, options).flatMap((text) => wordsOf(text).split('\n'));
}

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
