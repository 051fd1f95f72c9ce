/** When a plan that is written reaches its file. */
import { statSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { PlanHeader, PlannedRow } from '../../src/domain/plan/plan.ts';
import { planLine } from '../../src/plan/file/plan-line.ts';
import { writePlan } from '../../src/plan/file/write-plan.ts';
import { never, range, stream } from './fake-org.ts';

const PIECE_BYTES = 64 * 1024;
const HEADER: PlanHeader = {
  ...{ format: 2, runId: '20260301T120000Z-abcd', createdAt: '2026-03-01T12:00:00.000Z' },
  ...{ orgId: '00o1', host: 'acme.okta.com' },
  spec: { action: 'reset-password', sendEmail: true, revokeSessions: false, revokeTokens: false },
};
const HEADER_BYTES = JSON.stringify(HEADER).length + 1;

const dir = await mkdtemp(join(tmpdir(), 'okta-reset-writes-'));
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A row whose line has this many bytes, with its newline. */
function rowOf(row: number, bytes: number): PlannedRow {
  const bare: PlannedRow = {
    ...{ row, source: 'users.csv', line: row, input: '', userId: undefined, login: undefined },
    ...{ status: undefined, providerType: undefined },
    ...{ statusChangedMs: undefined, passwordChangedMs: undefined },
    verdict: { kind: 'skip', reason: 'not-found' },
    columns: {},
  };
  return { ...bare, input: 'x'.repeat(bytes - planLine(bare).length - 1) };
}

/** Writes a plan, and returns the size of its file each time that a row is asked for, and at the end. */
async function sizesWith(name: string, lengths: readonly number[]): Promise<number[]> {
  const path = join(dir, name);
  const sizes: number[] = [];
  async function* rows() {
    for (const [at, bytes] of lengths.entries()) {
      sizes.push(statSync(path).size);
      yield rowOf(at + 1, bytes);
    }
    sizes.push(statSync(path).size);
  }
  const { bytes } = await writePlan(path, HEADER, rows(), never);
  expect(statSync(path).size).toBe(bytes);
  return [...sizes, bytes];
}

test('rows are written as soon as they fill 64 KiB, and the rest at the end', async () => {
  const first = PIECE_BYTES - HEADER_BYTES;
  expect(await sizesWith('full', [first, 300])).toEqual([
    ...[0, PIECE_BYTES, PIECE_BYTES],
    PIECE_BYTES + 300,
  ]);
  expect(await sizesWith('almost full', [first - 1, 300, 300])).toEqual([
    ...[0, 0, PIECE_BYTES + 299, PIECE_BYTES + 299],
    PIECE_BYTES + 599,
  ]);
});

test('no more than that is kept in memory, however many rows there are', async () => {
  const lengths = range(1, 1500).map((n) => 200 + ((n * 7919) % 900));
  const sizes = await sizesWith('many', lengths);
  let given = HEADER_BYTES;
  for (const [at, size] of sizes.entries()) {
    expect(given - size).toBeLessThan(PIECE_BYTES);
    given += lengths[at] ?? 0;
  }
  expect(new Set(sizes).size).toBeGreaterThan(10);
});

test('nothing is created, and no row asked for, after an abort', async () => {
  const name = 'aborted';
  const asked: number[] = [];
  const rows = stream([rowOf(1, 300)], ({ row }) => asked.push(row));
  const signal = AbortSignal.abort(new Error('stop'));
  await expect(writePlan(join(dir, name), HEADER, rows, signal)).rejects.toThrow('stop');
  expect([asked, (await readdir(dir)).includes(name)]).toEqual([[], false]);
});
