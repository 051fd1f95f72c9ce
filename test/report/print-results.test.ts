import { parse } from 'csv-parse/sync';
import { describe, expect, test } from '@jest/globals';
import type { Output } from '../../src/domain/host.ts';
import { findErrorEntry } from '../../src/domain/codes/okta-error.ts';
import { printResults, type ReportFormat } from '../../src/report/print-results.ts';
import {
  clock,
  ended,
  mixedOutcome,
  mixedVerdict,
  planned,
  recordsOf,
  rowsOf,
  runFile,
} from './sample.ts';

function output(write: (text: string) => Promise<void>, columns = 80): Output {
  return {
    write,
    isTty: false,
    size: () => ({ columns, rows: 24 }),
    onResize: () => () => undefined,
  };
}

async function printed(format: ReportFormat, rows = 400, columns = 80): Promise<string> {
  let text = '';
  await printResults({
    format,
    output: output(async (piece) => void (text += piece), columns),
    run: runFile({ rows }),
    rows: rowsOf(Array.from({ length: rows }, (_, i) => planned(i + 1, mixedVerdict(i + 1)))),
    records: recordsOf((row) => mixedOutcome(row, rows)),
    explain: findErrorEntry,
    clock,
  });
  return text;
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

describe('printResults', () => {
  test('as text fits 80 columns, adds up, and says what the codes mean', async () => {
    const text = await printed('text');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    const number = (label: string) =>
      Number(new RegExp(`^  ${label} +(\\d+)$`, 'm').exec(text)?.[1]);
    const parts = ['Succeeded', 'Skipped', 'Failed', 'Unknown', 'Not attempted'].map(number);
    expect(parts.reduce((a, b) => a + b)).toBe(number('All rows'));
    expect(number('All rows')).toBe(400);
    expect(text.replace(/\s+/g, ' ')).toContain(findErrorEntry('E0000007')!.meaning);
    expect(text).toContain('okta-reset resume 20261122T031502Z-k7m2');
    expect(text).toMatch(/^Journal {6}Intact: every record links to the one before it\.$/m);
  });

  test('as text lets no name control the terminal', async () => {
    let text = '';
    const login = '\u001b[2Jgone\u202e';
    await printResults({
      format: 'text',
      output: output(async (piece) => void (text += piece)),
      run: runFile({ host: login }),
      rows: rowsOf([planned(1, undefined, { login })]),
      records: recordsOf((row) => ended(row, { outcome: 'failed', oktaCode: login })),
      explain: () => undefined,
      clock,
    });
    expect(text).toContain('�[2Jgone�');
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test('as text is aligned by cells of the terminal, and cuts no reason and no bucket', async () => {
    let text = '';
    const reason = 'a-reason-with-more-than-thirty-characters:日本語';
    await printResults({
      format: 'text',
      output: output(async (piece) => void (text += piece), 60),
      run: runFile({ rows: 3, host: '日本語.example.com' }),
      rows: rowsOf([1, 2, 3].map((row) => planned(row))),
      records: {
        ...recordsOf((row) => ended(row, { outcome: 'failed', reason })),
        traffic: [
          { bucket: `/api/v1/${'x'.repeat(40)}`, calls: 1_234_567, throttled: 0, waitedMs: 0 },
        ],
      },
      explain: () => undefined,
      clock,
    });
    expect(text).toContain(reason);
    expect(text).toContain(`/api/v1/${'x'.repeat(40)}`);
    expect(text).toContain('1,234,567');
    const columns = text.split('\n').filter((line) => /^(Run|Org|By|Action) /.test(line));
    expect(new Set(columns.map((line) => /^\S+ +/.exec(line)?.[0].length)).size).toBe(1);
  });

  test('the headline counts those that were to be acted on; skipped rows are separate', async () => {
    expect((await printed('text')).replace(/\s+/g, ' ')).toMatch(
      /^318 of 352 users succeeded; .*\. Skipped: 48 rows\. /,
    );
  });

  test('as json, csv and html is what the files contain', async () => {
    const json = JSON.parse(await printed('json')) as {
      format: number;
      chain: string;
      rows: unknown[];
    };
    expect([json.format, json.chain, json.rows.length]).toEqual([1, 'intact', 400]);
    expect(parse(await printed('csv'))).toHaveLength(401);
    expect(await printed('html')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  test('reads no further than a slow reader allows', async () => {
    let read = 0;
    const [blocked, gate] = [signal(), signal()];
    const rows = (async function* () {
      for (; read < 8_000; read += 1) yield planned(read + 1);
    })();
    const printing = printResults({
      format: 'csv',
      output: output(() => {
        blocked.give();
        return gate.given;
      }),
      run: runFile({ rows: 8_000 }),
      rows,
      records: undefined,
      explain: () => undefined,
      clock,
    });
    await blocked.given;
    // Everything that could still run has run.
    await new Promise((resolve) => setImmediate(resolve));
    const held = read;
    expect(held).toBeLessThan(3000);
    gate.give();
    await printing;
    expect(read).toBe(8_000);
  });
});
