import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { PlanHeader, PlannedRow } from '../../src/domain/plan/plan.ts';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { digestPlan } from '../../src/plan/file/digest.ts';
import { readPlan } from '../../src/plan/file/read-plan.ts';
import { writePlan } from '../../src/plan/file/write-plan.ts';
import { onFileCalls } from '../disk/file-calls.ts';
import { never, range, stream, userId } from './fake-org.ts';

const ROWS = 3_500;
const dir = await mkdtemp(join(tmpdir(), 'okta-reset-swapped-'));
afterAll(() => rm(dir, { recursive: true, force: true }));

const HEADER: PlanHeader = {
  format: 2,
  runId: '20260301T120000Z-abcd',
  createdAt: '2026-03-01T12:00:00.000Z',
  orgId: '00o1',
  host: 'acme.okta.com',
  spec: { action: 'reset-password', sendEmail: true, revokeSessions: false, revokeTokens: false },
};

/** Plans of the same length, line by line, that name other people. */
const rowOf = (row: number, person: number): PlannedRow => ({
  row,
  source: 'users.csv',
  line: row + 1,
  input: 'x',
  userId: userId(person),
  login: undefined,
  status: 'ACTIVE',
  providerType: 'OKTA',
  statusChangedMs: 1,
  passwordChangedMs: undefined,
  verdict: { kind: 'act' },
  columns: {},
});
const path = join(dir, 'plan.jsonl');
const forgedPath = join(dir, 'forged.jsonl');
const { digest } = await writePlan(
  path,
  HEADER,
  stream(range(1, ROWS).map((n) => rowOf(n, n))),
  never,
);
await writePlan(forgedPath, HEADER, stream(range(1, ROWS).map((n) => rowOf(n, n + 5000))), never);
const agreed = await readFile(path);
const forged = await readFile(forgedPath);

const AGREED = new Set<string>(range(1, ROWS).map((n) => userId(n)));

/** Checks the plan and reads which users to act on, like a run. */
async function act(acted: string[]): Promise<void> {
  const plan = await readPlan(path, { planDigest: digest });
  for await (const target of plan.targets(() => false)) acted.push(target.userId);
}

test('whatever replaces a plan, at any moment: nobody else is acted on', async () => {
  let calls = 0;
  const counting = await onFileCalls((nth) => (calls = nth));
  const whole: string[] = [];
  await act(whole);
  counting();
  expect(new Set(whole)).toEqual(AGREED);
  expect(calls).toBeGreaterThan(6);

  const ends: string[] = [];
  for (const swapped of [forged, forged.subarray(0, forged.length / 2), Buffer.alloc(0)]) {
    for (let moment = 1; moment <= calls; moment += 1) {
      writeFileSync(path, agreed);
      const stop = await onFileCalls((nth) => nth === moment && writeFileSync(path, swapped));
      const acted: string[] = [];
      const error: unknown = await act(acted).catch((reason: unknown) => reason);
      stop();
      expect(acted.filter((id) => !AGREED.has(id))).toEqual([]);
      ends.push(error instanceof AppError ? error.code : String(error));
    }
  }
  expect(new Set(ends)).toEqual(new Set(['PLAN_CHANGED']));
});

test('a plan keeps a digest for a thousand rows, and for fewer if rows are long', async () => {
  writeFileSync(path, agreed);
  const { blocks } = await digestPlan(path);
  expect(blocks.map(({ firstLine }) => firstLine)).toEqual([2, 1002, 2002, 3002]);
  expect(blocks.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(
    agreed.length - agreed.indexOf('\n') - 1,
  );
  const wide = join(dir, 'wide.jsonl');
  const columns = { note: 'x'.repeat(300_000) };
  const rows = range(1, 10).map((n) => ({ ...rowOf(n, n), columns }));
  await writePlan(wide, HEADER, stream(rows), never);
  const { blocks: wideBlocks } = await digestPlan(wide);
  expect(wideBlocks).toHaveLength(3);
  const read: number[] = [];
  for await (const { row } of (await readPlan(wide)).rows) read.push(row);
  expect(read).toEqual(range(1, 10));
});
