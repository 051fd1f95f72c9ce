/** What of a plan file is read when, and what is found there. */
import { copyFileSync, existsSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PlanHeader, PlannedRow } from '../../src/domain/plan/plan.ts';
import { digestPlan } from '../../src/plan/file/digest.ts';
import { readPlan } from '../../src/plan/file/read-plan.ts';
import { writePlan } from '../../src/plan/file/write-plan.ts';
import { onFileCalls, shortenReads } from '../disk/file-calls.ts';
import { all, never, range, stream, userId } from './fake-org.ts';

const HEADER: PlanHeader = {
  ...{ format: 2, runId: '20260301T120000Z-abcd', createdAt: '2026-03-01T12:00:00.000Z' },
  ...{ orgId: '00o1', host: 'acme.okta.com' },
  spec: { action: 'reset-password', sendEmail: true, revokeSessions: false, revokeTokens: false },
};
const ROWS = 2001;

const rowNo = (row: number): PlannedRow => ({
  ...{ row, source: 'users.csv', line: row + 1, input: 'x', userId: userId(row) },
  ...{ login: 'Ädä@example.com', status: 'ACTIVE', providerType: 'OKTA' },
  ...{ statusChangedMs: 1, passwordChangedMs: undefined },
  verdict: { kind: 'act' },
  columns: {},
});

let dir = '';
let path = '';
let written = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'okta-reset-reads-'));
  path = join(dir, 'plan.jsonl');
  written = join(dir, 'written.jsonl');
  await writePlan(written, HEADER, stream(range(1, ROWS).map(rowNo)), never);
});
beforeEach(async () => {
  await rm(path, { force: true });
  copyFileSync(written, path);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Changes a letter of this row's login, or of another part of its line. */
async function change(row: number, bytes: Uint8Array = Buffer.from('z')): Promise<void> {
  const file = await open(path, 'r+');
  const at = (await readFile(path)).indexOf(`"row":${row},`);
  await file.write(bytes, 0, bytes.length, at + 10);
  await file.close();
}

test('a plan is read the same, however few bytes a read returns', async () => {
  const lengths = [1, 70_001, 3, 20_000, 130_000, 2];
  let nth = 0;
  const end = await shortenReads(() => lengths[nth++ % lengths.length] ?? 1);
  const { rows } = await readPlan(path);
  const read = await all(rows);
  end();
  expect(read).toEqual(range(1, ROWS).map(rowNo));
});

describe('rows to be passed over', () => {
  test.each<[string, (row: number) => boolean, number]>([
    ['a whole block', (row) => row >= 1001 && row <= 2000, 1001],
    ['and some of the others', (row) => row >= 900 && row !== 2001, 2000],
    ['a block of one row', (row) => row === 2001, 2001],
  ])('%s is not even read', async (_, isPassedOver, changed) => {
    const plan = await readPlan(path);
    await change(changed);
    const read = await all(plan.targets(isPassedOver));
    expect(read.map(({ row }) => row)).toEqual(range(1, ROWS).filter((row) => !isPassedOver(row)));
  });

  test.each([1001, 1500, 2000])('row %i is read by itself, with its block', async (wanted) => {
    const plan = await readPlan(path);
    const isPassedOver = (row: number) => row !== wanted;
    expect((await all(plan.targets(isPassedOver))).map(({ row }) => row)).toEqual([wanted]);
    await change(1200);
    await expect(all(plan.targets(isPassedOver))).rejects.toMatchObject({
      code: 'PLAN_CHANGED',
      message: expect.stringContaining(`at line 1002 or after it.`),
    });
  });

  test('hide no line that lost its end', async () => {
    const [header = '', ...lines] = (await readFile(written, 'utf8')).split('\n');
    for (const rows of [0, 1000]) {
      await writeFile(path, `${[header, ...lines.slice(0, rows)].join('\n')}\n{`);
      const plan = await readPlan(path);
      await expect(all(plan.targets(() => true))).rejects.toMatchObject({
        code: 'RUN_DAMAGED',
        message: `The plan ${path} is damaged at line ${rows + 2}.`,
      });
    }
  });
});

test.each([
  [1001, 1000],
  [2001, 2000],
])('rows from %i on are read without the block of row %i', async (from, changed) => {
  const { rowsFrom } = await readPlan(path);
  await change(changed);
  expect((await all(rowsFrom(from))).map(({ row }) => row)).toEqual(range(from, ROWS));
  await expect(all(rowsFrom(from - 1))).rejects.toMatchObject({ code: 'PLAN_CHANGED' });
  for (const first of [0, 1])
    await expect(all(rowsFrom(first))).rejects.toMatchObject({ code: 'PLAN_CHANGED' });
});

test.each([1, 2, 700, 1000, 1001, 2001])(
  'text of row %i that is not UTF-8 is damage of its line',
  async (row) => {
    await change(row, Buffer.from([0xc3]));
    await expect(all((await readPlan(path)).rows)).rejects.toMatchObject({
      code: 'RUN_DAMAGED',
      message: `The plan ${path} is damaged at line ${row + 1}.`,
    });
  },
);

test('a plan that is a link is not read, nor one that has become a link', async () => {
  const plan = await readPlan(path);
  await rm(path);
  await symlink(written, path);
  await expect(digestPlan(path)).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
  await expect(all(plan.rows)).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
});

describe('after an abort', () => {
  test('no piece of the plan is read', async () => {
    const stop = new AbortController();
    let reads = 0;
    const end = await shortenReads(() => {
      if ((reads += 1) === 3) stop.abort(new Error('stop'));
      return 5000;
    });
    await expect(readPlan(path, undefined, stop.signal)).rejects.toThrow('stop');
    end();
    expect(reads).toBe(3);
  });

  test('its reason counts, and not a read that fails because of it', async () => {
    const stop = new AbortController();
    const end = await onFileCalls((nth) => {
      if (nth < 3) return;
      stop.abort(new Error('stop'));
      throw Object.assign(new Error('read'), { code: 'EIO', syscall: 'read' });
    });
    await expect(readPlan(path, undefined, stop.signal)).rejects.toThrow('stop');
    end();
  });
});

const OPEN = '/proc/self/fd';
(existsSync(OPEN) ? test : test.skip)('nothing stays open, whether reading ends well', async () => {
  const before = (await readdir(OPEN)).length;
  const plan = await readPlan(path);
  await all(plan.rows);
  for await (const { row } of plan.rows) if (row === 5) break;
  await change(1500);
  await expect(all(plan.rows)).rejects.toMatchObject({ code: 'PLAN_CHANGED' });
  await expect(digestPlan(path, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  expect((await readdir(OPEN)).length).toBe(before);
});
