/** Rows of a results file that are taken up again, as far as the run next to the file knows them. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadParents } from '../../src/app/rerun/parent-runs.ts';
import { rowsOfResults, surveyResults } from '../../src/app/rerun/rerun-results.ts';
import { wantedRows } from '../../src/app/rerun/rerun-terms.ts';
import { all, userId } from '../plan/fake-org.ts';
import { planned, runFile } from '../report/sample.ts';
import { acted, around, begunAs, makeRun, newFolder } from './run-folders.ts';

let root: string;
let folders = 0;
beforeAll(async () => (root = await newFolder()));
afterAll(() => rm(root, { recursive: true, force: true }));

const spec = runFile().spec;
const UNSETTLED = 'not checked yet: okta-reset resume checks it';

/** A line of a results file: the row, how it ended, why, and in which run. */
type Line = readonly [row: number | '', outcome: string, reason?: string, runId?: string];

/** A run of four rows, of which three have ended, and a results file in its folder. */
async function rerun(
  lines: readonly Line[],
  outcomes: readonly string[] = ['failed', 'not-attempted'],
) {
  folders += 1;
  const dir = join(root, `x${folders}`);
  const begun = begunAs({ runId: 'x', planDigest: '' });
  const ended = [
    ...acted(1),
    ...acted(2, { outcome: 'failed' }),
    ...acted(3, { outcome: 'unknown', reason: 'lost' }),
  ];
  await makeRun(dir, {
    ...{ run: { runId: 'x' }, rows: [1, 2, 3, 4].map((row) => planned(row)) },
    records: [begun, ...ended],
  });
  const text = lines.map(
    ([row, outcome, reason = '', runId = 'x'], at) =>
      `${userId(row === '' ? 90 + at : row)},${row},${outcome},${reason},${runId},reset-password\n`,
  );
  const name = join(dir, 'results.csv');
  await writeFile(name, `_user_id,_row,_outcome,_reason,_run_id,_action\n${text.join('')}`);
  const { context } = around(root);
  const wanted = wantedRows({ outcomes: outcomes as never, errors: [], rows: [], again: false });
  const survey = await surveyResults(name, wanted, false, context);
  const parents: ReadParents = new Map();
  const rows = await all(rowsOfResults(name, survey, { wanted, spec }, parents, context));
  return { rows: rows.map(({ line }) => line), survey, parents: [...parents], dir };
}

describe('the rows of a results file', () => {
  test('are those that failed or were left, counted in their run', async () => {
    const { rows, survey, parents, dir } = await rerun([
      [1, 'succeeded'],
      [2, 'failed'],
      [4, 'not-attempted'],
    ]);
    expect(rows).toEqual([3, 4]);
    expect(survey).toMatchObject({ isWhole: true, home: { dir }, path: join(dir, 'results.csv') });
    expect([...survey.actions]).toEqual(['reset-password']);
    expect(parents).toEqual([['x', { dir, records: 7, left: 1, taken: 1 }]]);
  });

  test('of another run in the same file are taken as the file says', async () => {
    const { rows, survey, parents } = await rerun([
      [2, 'failed'],
      [3, 'not-attempted', '', 'other'],
      [1, 'failed', '', 'other'],
    ]);
    expect([rows, survey.isWhole]).toEqual([[2, 3, 4], false]);
    expect(parents).toMatchObject([
      ['x', { left: 0, taken: 1 }],
      ['other', undefined],
    ]);
  });

  test('that the run has finished since are refused', async () => {
    await expect(rerun([[1, 'not-attempted']])).rejects.toMatchObject({
      ...{ code: 'INPUT_CSV', hint: expect.stringContaining('Nothing was sent') },
      message: expect.stringMatching(/line 2: the run has finished this row since/),
    });
    await expect(rerun([[3, 'unknown', UNSETTLED]], ['unknown'])).rejects.toMatchObject({
      code: 'INPUT_CSV',
    });
  });

  test('that ended as unknown are taken as ended, and those that were left as left', async () => {
    const ended = await rerun([[3, 'unknown', 'lost']], ['unknown']);
    expect(ended.parents).toMatchObject([['x', { left: 0, taken: 1 }]]);
    const left = await rerun([[4, 'unknown', UNSETTLED]], ['unknown']);
    expect(left.parents).toMatchObject([['x', { left: 1, taken: 0 }]]);
    // A line without its number cannot be looked up, and counts as left.
    const unnumbered = await rerun([['', 'not-attempted']]);
    expect(unnumbered.parents).toMatchObject([['x', { left: 1, taken: 0 }]]);
  });
});
