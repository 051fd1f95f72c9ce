import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse as parseCsv } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { restoreCell } from '../../src/domain/row/cell.ts';
import type { Step } from '../../src/domain/plan/step.ts';
import type { OutcomeRecord } from '../../src/domain/run/journal-record.ts';
import { RESULT_COLUMNS } from '../../src/domain/row/result.ts';
import type { RunRecords } from '../../src/domain/run/run-records.ts';
import { writeReports } from '../../src/report/results/write-reports.ts';
import {
  clock,
  ended,
  mixedOutcome,
  mixedVerdict,
  planned,
  recordsOf,
  rowsOf,
  RUN_ID,
  runFile,
  START_MS,
  userId,
} from './sample.ts';

const ROWS = 400;
const explain = () => undefined;

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'okta-reset-report-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

function mixed() {
  return {
    dir,
    run: runFile({ rows: ROWS, targets: ROWS }),
    rows: rowsOf(Array.from({ length: ROWS }, (_, i) => planned(i + 1, mixedVerdict(i + 1)))),
    records: recordsOf((row) => mixedOutcome(row, ROWS)) as RunRecords | undefined,
    explain,
    clock,
  };
}

const read = (name: string) => readFile(join(dir, name), 'utf8');

async function table(name: string): Promise<Record<string, string>[]> {
  const cells = parse(await read(name));
  const [header = [], ...lines] = cells;
  return lines.map((line) =>
    Object.fromEntries(line.map((cell, i) => [header[i] ?? '', restoreCell(cell)])),
  );
}

const parse = (text: string): string[][] => parseCsv(text);

describe('writeReports', () => {
  test('has every row once, under its own user id, and counts that add up', async () => {
    const summary = await writeReports(mixed());
    const rows = await table('results.csv');
    expect(rows.map((row) => row['_row'])).toEqual(
      Array.from({ length: ROWS }, (_, i) => String(i + 1)),
    );
    for (const row of rows) expect(row['_user_id']).toBe(userId(Number(row['_row'])));
    expect(Object.keys(rows[0]!)).toEqual([
      ...['User ID', 'Login', 'Department'],
      ...RESULT_COLUMNS,
    ]);

    const count = (outcome: string) => rows.filter((row) => row['_outcome'] === outcome).length;
    for (const [outcome, n] of Object.entries(summary.counts)) expect(n).toBe(count(outcome));
    expect(Object.values(summary.counts).reduce((a, b) => a + b)).toBe(ROWS);
    expect(Object.values(summary.counts).every((n) => n > 0)).toBe(true);
    const errors = Object.values(summary.byError).reduce((a, b) => a + b);
    expect(errors).toBe(summary.counts.failed + summary.counts.unknown);
    const reasons = Object.values(summary.byReason).reduce((a, b) => a + b);
    expect(reasons).toBe(summary.counts.skipped);
    expect(JSON.parse(await read('summary.json'))).toEqual(JSON.parse(JSON.stringify(summary)));
    expect(await read('summary.json')).toMatch(/^\{\n {2}"format": 1,\n {2}"runId": /);
    // 0.1.0 called the invocations sittings, and scripts read that.
    expect(summary).toMatchObject({ invocations: 1, sittings: 1 });
  });

  test('splits the rows that need attention into files with the same columns', async () => {
    await writeReports(mixed());
    const rows = await table('results.csv');
    const bad = rows.filter(({ _outcome }) => _outcome === 'failed' || _outcome === 'unknown');
    expect(await table('failed.csv')).toEqual(bad);
    const untouched = rows.filter(({ _outcome }) => _outcome === 'not-attempted');
    expect(await table('not-attempted.csv')).toEqual(untouched);
  });

  test('has everything that is known about a row, and nothing where nothing is', async () => {
    const refused = { status: 403, oktaCode: 'E0000006', message: 'No permission' };
    const failed = { outcome: 'failed', ...refused, attempts: 2 } as const;
    const rows = [planned(1), planned(2, undefined, { login: undefined }), planned(3)];
    // A plan never has such a row; anyone who edits one must not be told that it was acted on.
    const nobody = { userId: undefined, login: undefined, input: 'nobody' };
    const other = { reason: 'invalid-id', detail: 'A name.' } as const;
    await writeReports({
      ...mixed(),
      rows: rowsOf([
        ...rows,
        planned(4, undefined, nobody),
        planned(5, { kind: 'skip', ...other }),
      ]),
      records: recordsOf((row) =>
        row === 1 ? ended(1, failed) : row === 2 ? ended(2, { reason: 'factors-kept' }) : undefined,
      ),
    });
    const written = JSON.parse(await read('results.json')) as { rows: Record<string, unknown>[] };
    expect(written.rows[3]).toMatchObject({
      ...{ _user_id: null, _login: null, _http_status: null, _okta_error_code: null },
      ...{ _okta_error: null, _okta_request_id: null, _started_at: null, _finished_at: null },
    });
    expect(written.rows[4]).toMatchObject({ _detail: 'A name.', _source: 'users.csv', _line: 6 });
    const nothing = {
      ...{ _reason: '', _action: 'reset-password', _http_status: '', _okta_error_code: '' },
      ...{ _okta_error: '', _okta_request_id: '', _attempts: '0', _started_at: '' },
      ...{ _finished_at: '', _run_id: RUN_ID },
    };
    const ours = (await table('results.csv')).map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => name.startsWith('_'))),
    );
    const person = (row: number) => ({ _row: String(row), _user_id: userId(row) });
    const times = (row: number) => ({
      _started_at: new Date(START_MS + row * 100 - 80).toISOString(),
      _finished_at: new Date(START_MS + row * 100).toISOString(),
    });
    expect(ours).toEqual([
      {
        ...{ ...nothing, ...person(1), _login: 'person.1@acme.example', _outcome: 'failed' },
        ...{ _http_status: '403', _okta_error_code: 'E0000006', _okta_error: 'No permission' },
        ...{ _okta_request_id: 'Yreq1', _attempts: '2', ...times(1) },
      },
      {
        ...{ ...nothing, ...person(2), _login: '', _outcome: 'succeeded' },
        ...{ _reason: 'factors-kept', _http_status: '200', _okta_request_id: 'Yreq2' },
        ...{ _attempts: '1', ...times(2) },
      },
      { ...nothing, ...person(3), _login: 'person.3@acme.example', _outcome: 'not-attempted' },
      {
        ...{ ...nothing, _row: '4', _user_id: '', _login: '', _outcome: 'skipped' },
        _reason: 'invalid-id',
      },
      {
        ...{ ...nothing, ...person(5), _login: 'person.5@acme.example', _outcome: 'skipped' },
        _reason: 'invalid-id',
      },
    ]);
  });

  test('writes JSON files that follow their schemas', async () => {
    await writeReports(mixed());
    const ajv = new Ajv({ allowUnionTypes: true });
    addFormats.default(ajv);
    for (const name of ['results', 'summary']) {
      const schema = JSON.parse(await readFile(`schemas/${name}.schema.json`, 'utf8')) as object;
      const validate = ajv.compile(schema);
      const value = JSON.parse(await read(`${name}.json`)) as { rows: unknown };
      expect([validate(value), validate.errors]).toEqual([true, null]);
      expect(validate({ ...value, rows: 'many' })).toBe(false);
    }
    const lines = (await read('results.json')).split('\n');
    expect(lines.filter((line) => line.startsWith('{"User ID"'))).toHaveLength(ROWS);
  });

  test('contains the digests of the other files, and makes all files readable only by their owner', async () => {
    await writeReports(mixed());
    const page = await read('report.html');
    for (const name of ['results.csv', 'results.json', 'failed.csv', 'not-attempted.csv']) {
      expect(page).toContain(
        createHash('sha256')
          .update(await read(name))
          .digest('hex'),
      );
    }
    const names = await readdir(dir);
    expect(names.sort()).toEqual([
      ...['failed.csv', 'not-attempted.csv', 'report.html', 'results.csv', 'results.json'],
      'summary.json',
    ]);
    for (const name of names) expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);
  });

  test('after a plan, writes only results.csv and report.html; nothing was attempted', async () => {
    const summary = await writeReports({ ...mixed(), records: undefined });
    expect((await readdir(dir)).sort()).toEqual(['report.html', 'results.csv']);
    expect(Object.keys(summary.counts).filter((o) => summary.counts[o as 'failed'] > 0)).toEqual([
      'skipped',
      'not-attempted',
    ]);
    expect(await read('report.html')).toContain('DRY RUN – nothing was sent');
  });

  test('calls a row unknown if its attempt is pending or its password is half changed, and not attempted if nothing took effect', async () => {
    const attempt = {
      kind: 'attempt' as const,
      at: '2026-11-22T03:15:02.000Z',
      row: 1,
      userId: userId(1),
      step: 'reset-password' as const,
      attempt: 1,
      serverTimeMs: START_MS,
      before: { status: 'ACTIVE', statusChangedMs: undefined, passwordChangedMs: undefined },
    };
    const stepsApplied = (row: number): readonly Step[] =>
      row === 5 ? ['revoke-tokens', 'temp-password'] : row === 6 ? ['revoke-tokens'] : [];
    const records = recordsOf(() => undefined, {
      stateOf: (row) =>
        (['open', 'open', 'ended', 'untouched', 'open', 'open'] as const)[row - 1] ?? 'untouched',
      openRow: (row) => ({
        row,
        attempts: 1,
        startedAt: attempt.at,
        stepsApplied: stepsApplied(row),
        pending: row === 1 ? attempt : undefined,
      }),
    });
    const rows = rowsOf([1, 2, 3, 4, 5, 6].map((row) => planned(row)));
    await writeReports({ ...mixed(), rows, records });
    const written = await table('results.csv');
    expect(written.map((row) => [row['_attempts'], row['_started_at']])).toEqual([
      ['1', attempt.at],
      ['1', attempt.at],
      ['0', ''],
      ['0', ''],
      ['1', attempt.at],
      ['1', attempt.at],
    ]);
    expect(written.map((row) => [row['_outcome'], row['_reason']])).toEqual([
      ['unknown', 'not checked yet: okta-reset resume checks it'],
      ['not-attempted', 'interrupted: okta-reset resume continues it'],
      ['unknown', 'record-unreadable'],
      ['not-attempted', ''],
      ['unknown', 'half-done: okta-reset resume completes it'],
      ['not-attempted', 'interrupted: okta-reset resume continues it'],
    ]);
  });

  test('says of a row that cannot be read how often it was tried, if that is known', async () => {
    const open = (row: number) =>
      row === 1 ? ({ row, attempts: 2, startedAt: 'then', stepsApplied: [] } as never) : undefined;
    const wholeAndBroken = ['intact', 'broken'] as const;
    for (const chain of wholeAndBroken) {
      const stateOf = () => 'open' as const;
      const records = recordsOf(() => undefined, { chain, stateOf, openRow: open });
      await writeReports({ ...mixed(), rows: rowsOf([planned(1), planned(2)]), records });
      const rows = await table('results.csv');
      expect(rows.map((row) => [row['_attempts'], row['_started_at']])).toEqual([
        ['2', 'then'],
        ['0', ''],
      ]);
    }
  });

  test('accepts records from memory and from disk alike', async () => {
    const later = (row: number): Promise<OutcomeRecord | undefined> => Promise.resolve(ended(row));
    const records = { ...recordsOf((row) => ended(row)), outcomeOf: later };
    const summary = await writeReports({ ...mixed(), records });
    expect(summary.counts.succeeded).toBe(ROWS - summary.counts.skipped);
  });

  test('restores every cell that a CSV reader and restoreCell can restore', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({
        unit: fc.constantFrom('=', '+', '-', '@', "'", '"', ',', '\t', '\r', '\n', 'a'),
      }),
    );
    const name = fc.oneof(fc.constantFrom('constructor', '__proto__', '1', '=x'), cell);
    const columns = fc.uniqueArray(name, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        columns,
        fc.array(fc.array(cell, { maxLength: 5 })),
        async (names, lines) => {
          fc.pre(!names.some((n) => n.startsWith('_') || n.startsWith('\ufeff')));
          const rows = lines.map((cells, i) =>
            planned(i + 1, undefined, {
              columns: Object.fromEntries(names.map((n, c) => [n, cells[c] ?? ''])),
            }),
          );
          const run = runFile({ columns: names, rows: rows.length });
          await writeReports({
            ...mixed(),
            run,
            rows: rowsOf(rows),
            records: recordsOf(() => undefined),
          });
          const cells = parse(await read('results.csv'));
          const back = cells.map((line) => line.slice(0, names.length).map(restoreCell));
          expect(back).toEqual([names, ...lines.map((l) => names.map((_, c) => l[c] ?? ''))]);
          // Quoted or not, no cell is one that a spreadsheet would run.
          expect(cells.flat().filter((text) => /^[=+\-@\t\r]/.test(text))).toEqual([]);
          const json = JSON.parse(await read('results.json')) as {
            rows: Record<string, string>[];
          };
          expect(
            json.rows.map((row) =>
              names.map((n) => Object.entries(row).find(([k]) => k === n)?.[1]),
            ),
          ).toEqual(back.slice(1));
        },
      ),
      { numRuns: 25 },
    );
  });

  test('replaces the result columns of an earlier run', async () => {
    const columns = { 'User ID': userId(1), _outcome: 'failed', _run_id: 'earlier' };
    const rows = rowsOf([planned(1, undefined, { columns })]);
    const run = runFile({ columns: ['User ID', '_outcome', '_run_id'] });
    await writeReports({ ...mixed(), run, rows });
    const [header] = parse(await read('results.csv'));
    expect(header).toEqual(['User ID', ...RESULT_COLUMNS]);
  });
});

describe('when it cannot be written', () => {
  const before = async () => {
    await writeFile(join(dir, 'results.csv'), 'old');
    await writeFile(join(dir, 'report.html'), 'old');
  };
  const unchanged = async () => {
    expect((await readdir(dir)).sort()).toEqual(['report.html', 'results.csv']);
    expect([await read('results.csv'), await read('report.html')]).toEqual(['old', 'old']);
  };

  test.each(['write', 'sync', 'close'] as const)(
    'a disk that fails on %s keeps the old files',
    async (call) => {
      await before();
      const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
      const writing = writeReports({
        ...mixed(),
        open: async (path, flags, mode) => {
          const handle = await open(path, flags, mode);
          const file = {
            write: (data: Uint8Array) => handle.write(data),
            sync: () => handle.sync(),
            close: () => handle.close(),
          };
          if (!path.endsWith('results.json')) return file;
          return { ...file, [call]: () => handle.close().then(() => Promise.reject(full)) };
        },
      });
      await expect(writing).rejects.toMatchObject({ code: 'DISK', exitCode: 7, cause: full });
      await unchanged();
    },
  );

  test('a folder that is gone is a disk error, with the command that writes the report again', async () => {
    const gone = join(dir, 'gone');
    for (const [name, run] of [
      [undefined, RUN_ID],
      ['tuesday', 'tuesday'],
    ] as const)
      await expect(writeReports({ ...mixed(), dir: gone, name })).rejects.toMatchObject({
        code: 'DISK',
        message: `The report cannot be written to ${gone} (ENOENT).`,
        hint: expect.stringMatching(new RegExp(` then: okta-reset report ${run}$`)),
      });
  });

  test('an error of the plan is passed on unchanged', async () => {
    await before();
    const damaged = new Error('line 3 is not JSON');
    const rows = (async function* () {
      yield planned(1);
      throw damaged;
    })();
    await expect(writeReports({ ...mixed(), rows })).rejects.toBe(damaged);
    await unchanged();
  });

  test('an abort ends the pass', async () => {
    await before();
    const abort = new AbortController();
    const rows = (async function* () {
      for (let row = 1; row < 100_000; row += 1) {
        if (row === 600) abort.abort(new Error('enough'));
        if (row > 2000) throw new Error('read on after the abort');
        yield planned(row);
      }
    })();
    await expect(writeReports({ ...mixed(), rows, signal: abort.signal })).rejects.toThrow(
      'enough',
    );
    await unchanged();
  });

  test('removes what a killed process left, but not what might be in use', async () => {
    const [stale, fresh] = [join(dir, '.staged-stale'), join(dir, '.staged-fresh')];
    for (const path of [stale, fresh]) {
      await mkdir(path);
      await writeFile(join(path, 'results.csv'), 'half');
    }
    const nowS = clock.nowMs() / 1000;
    await utimes(stale, nowS - 7200, nowS - 7200);
    await utimes(fresh, nowS - 10, nowS - 10);
    await writeReports({ ...mixed(), records: undefined });
    expect((await readdir(dir)).sort()).toEqual(['.staged-fresh', 'report.html', 'results.csv']);
  });
});
