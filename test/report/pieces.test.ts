import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeReports } from '../../src/report/results/write-reports.ts';
import { clock, ended, planned, recordsOf, runFile } from './sample.ts';

test('keeps no more of 40,000 rows in memory than one piece per file', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-report-'));
  const pieces = new Map<string, number[]>();
  const summary = await writeReports({
    ...{ dir, explain: () => undefined, clock },
    run: runFile({ rows: 40_000 }),
    rows: (async function* () {
      const row = planned(1);
      for (let n = 1; n <= 40_000; n += 1) yield { ...row, row: n };
    })(),
    records: recordsOf((row) => (row % 2 === 0 ? ended(1) : undefined)),
    open: async (path, flags, mode) => {
      const handle = await open(path, flags, mode);
      const sizes: number[] = [];
      pieces.set(path.replace(/.*\//, ''), sizes);
      return {
        write: async (data) => {
          sizes.push(data.length);
          return { bytesWritten: data.length };
        },
        sync: async () => undefined,
        close: () => handle.close(),
      };
    },
  });
  expect(summary.rows).toBe(40_000);
  for (const name of ['results.csv', 'results.json', 'not-attempted.csv', 'report.html']) {
    const sizes = pieces.get(name)!;
    expect(sizes.length).toBeGreaterThan(10);
    // A piece, and the rows of one batch that can come on top of it.
    expect(Math.max(...sizes)).toBeLessThan(512 * 1024);
  }
  await rm(dir, { recursive: true });
});
