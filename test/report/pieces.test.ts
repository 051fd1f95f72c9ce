import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { passOver } from '../../src/report/results/pass.ts';
import { gathered } from '../../src/report/results/text-sink.ts';
import { writeReports } from '../../src/report/results/write-reports.ts';
import { clock, ended, planned, recordsOf, rowsOf, runFile } from './sample.ts';

test('keeps no more of 10,000 rows in memory than one piece per file', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-report-'));
  const pieces = new Map<string, number[]>();
  const summary = await writeReports({
    ...{ dir, explain: () => undefined, clock },
    run: runFile({ rows: 10_000 }),
    rows: (async function* () {
      const row = planned(1);
      for (let n = 1; n <= 10_000; n += 1) yield { ...row, row: n };
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
  expect(summary.rows).toBe(10_000);
  for (const name of ['results.csv', 'results.json', 'not-attempted.csv', 'report.html']) {
    const sizes = pieces.get(name)!;
    expect(sizes.length).toBeGreaterThan(10);
    // A piece, and the rows of one batch that can come on top of it.
    expect(Math.max(...sizes)).toBeLessThan(512 * 1024);
  }
  await rm(dir, { recursive: true });
});

test('the parts of a report are written after each 64 rows, and at the end', async () => {
  const steps: number[] = [];
  let passed = 0;
  const part = {
    row: () => {
      passed += 1;
    },
    flush: async () => void steps.push(passed),
  };
  const rows = rowsOf(Array.from({ length: 200 }, (_, at) => planned(at + 1)));
  const asked = { run: runFile(), records: undefined, explain: () => undefined, clock };
  await passOver({ ...asked, rows }, [part, part]);
  expect(steps).toEqual([64, 64, 128, 128, 192, 192, 200, 200].map((row) => row * 2));
});

describe('text that is gathered', () => {
  const PIECE = 'x'.repeat(65_536);
  const turn = () => new Promise((resolve) => void setImmediate(resolve));

  test('is written in pieces of at least 65,536 characters, and the rest at the end', async () => {
    const written: string[] = [];
    const sink = gathered(async (text) => void written.push(text));
    sink.push(PIECE.slice(1));
    await sink.flush();
    expect(written).toEqual([]);
    sink.push('y');
    await sink.flush();
    expect(written).toEqual([`${PIECE.slice(1)}y`]);
    sink.push('z');
    await sink.flush();
    expect(written).toHaveLength(1);
    await sink.end();
    await sink.end();
    expect(written.slice(1)).toEqual(['z']);
  });

  test('is written one piece at a time, while the next one is gathered', async () => {
    const accept: (() => void)[] = [];
    const steps: string[] = [];
    const sink = gathered(
      (text) =>
        new Promise((resolve) => {
          steps.push(`write ${text.length}`);
          accept.push(resolve);
        }),
    );
    sink.push(PIECE);
    await sink.flush();
    sink.push(PIECE);
    const second = sink.flush().then(() => steps.push('flushed'));
    sink.push('more');
    await turn();
    expect(steps).toEqual(['write 65536']);
    accept[0]?.();
    await second;
    const end = sink.end().then(() => steps.push('ended'));
    await turn();
    expect(steps).toEqual(['write 65536', 'write 65540', 'flushed']);
    accept[1]?.();
    await end;
    expect(steps.at(-1)).toBe('ended');
  });

  test('that is not accepted is an error of the next call, and of none before it', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      const sink = gathered(() => Promise.reject(new Error('full')));
      sink.push(PIECE);
      await sink.flush();
      await turn();
      await expect(sink.end()).rejects.toThrow('full');
      const other = gathered(() => Promise.reject(new Error('full')));
      other.push('x');
      await expect(other.end()).rejects.toThrow('full');
      await turn();
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(unhandled).toEqual([]);
  });
});
