import { describe, expect, test } from '@jest/globals';
import { readResults } from '../../src/selection/rows/read-results.ts';
import {
  ADA,
  brief,
  codesOf,
  collect,
  errorOf,
  fixture,
  GRACE,
  JOSE,
  LINUS,
  never,
  portsOf,
  watched,
} from './sample.ts';
import type { Notice } from '../../src/selection/remarks/notice.ts';

async function read(content: string | Uint8Array) {
  const notices: Notice[] = [];
  const rows = await collect(readResults('r.csv', portsOf({ 'r.csv': content }, notices), never));
  return { rows, notices };
}

describe('an earlier run’s results', () => {
  test.each(['results.csv', 'results-saved-in-excel.csv'])('come back from %s', async (name) => {
    const { rows } = await read(await fixture(name));
    expect(
      rows.map(({ row, outcome, oktaErrorCode, httpStatus, earlierRow }) => [
        brief(row),
        outcome,
        oktaErrorCode,
        httpStatus,
        earlierRow,
      ]),
    ).toEqual([
      [`2 id ${ADA}`, 'succeeded', undefined, 200, 1],
      [`3 id ${GRACE}`, 'failed', 'E0000017', 403, 2],
      [`4 id ${JOSE}`, 'unknown', undefined, undefined, 3],
      ['5 login nobody@acme.example', 'skipped', undefined, undefined, 4],
      [`6 id ${LINUS}`, 'not-attempted', undefined, undefined, 5],
    ]);
    expect(new Set(rows.map(({ runId }) => runId))).toEqual(new Set(['20260227T031502Z-k7m2']));
  });

  test('name a user by _login, then by the original row, if the id is empty', async () => {
    const head = 'User Id,_row,_user_id,_login,_outcome,_run_id\n';
    const { rows } = await read(
      `${head}x,1,,ada@acme.example,failed,r\n${GRACE},2,,,failed,r\nnot-an-id,3,,,skipped,r\n,4,,,skipped,r\n`,
    );
    expect(rows.map(({ row }) => brief(row))).toEqual([
      '2 login ada@acme.example',
      `3 id ${GRACE}`,
      '4 invalid',
      '5 invalid',
    ]);
  });

  test('are what was asked for, which needs no message', async () => {
    const { notices } = await read(await fixture('results.csv'));
    expect(codesOf(notices)).toEqual([]);
  });

  test('whose row numbers name nobody are invalid, not lost', async () => {
    const { rows } = await read(`_row,_user_id,_login,_outcome,_run_id\n1,,,skipped,r\n`);
    expect(rows.map(({ row, outcome }) => [brief(row), outcome])).toEqual([
      ['2 invalid', 'skipped'],
    ]);
  });

  test.each([
    'rockstar-export-users.csv',
    'rockstar-groups.csv',
    'no-user-column.csv',
    'bare-logins.csv',
  ])('are not in %s, and it says so', async (name) => {
    const notices: Notice[] = [];
    const error = await errorOf(
      collect(readResults('r.csv', portsOf({ 'r.csv': await fixture(name) }, notices), never)),
    );
    expect(error.code).toBe('INPUT_CSV');
    expect(error.message).toContain('not a results file of okta-reset');
    expect(error.hint).toContain('--file');
    expect(codesOf(notices)).toEqual([]);
  });

  test('keep spaces around their cells, which were already in the first input', async () => {
    const { rows } = await read(
      `_row,_user_id,_outcome,_run_id,Note,Name\n1,${ADA},failed,r, "x" ,y \n`,
    );
    expect(rows.map(({ row }) => row.columns)).toEqual([{ Note: ' "x" ', Name: 'y ' }]);
  });

  test('are closed once they are read, are refused, or nobody reads on', async () => {
    const line = `1,${ADA},failed,r\n`;
    const head = '_row,_user_id,_outcome,_run_id\n';
    for (const [start, most] of [
      [head + line, Infinity],
      [head + line, 1],
      [`${head}1,${ADA},odd,r\n`, Infinity],
      [`id\n${ADA}\n`, Infinity],
    ] as const) {
      const content = watched(start, line.repeat(2000), 8);
      const ports = portsOf({ 'r.csv': content.bytes });
      let left = most;
      try {
        for await (const { outcome } of readResults('r.csv', ports, never)) {
          expect(outcome).toBe('failed');
          if ((left -= 1) === 0) break;
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'INPUT_CSV' });
      }
      expect(content.closed()).toBe(1);
    }
  });

  test('with an unknown outcome are refused with the line', async () => {
    const text = `_row,_user_id,_outcome,_run_id\n1,${ADA},failed,r\n2,${GRACE},,r\n`;
    const error = await errorOf(read(text));
    expect(error.code).toBe('INPUT_CSV');
    expect(error.message).toContain('line 3');
  });
});
