/** A plan whose disk fails: it is an error of the disk, and no half of a plan stays behind. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readPlan } from '../../src/plan/file/read-plan.ts';
import { writePlan } from '../../src/plan/file/write-plan.ts';
import type { PlanHeader } from '../../src/domain/plan/plan.ts';
import { failFrom, giveBack, sound, type DiskCall } from '../faults/failing-disk.ts';
import { all, never, stream } from './fake-org.ts';

const HEADER: PlanHeader = {
  ...{ format: 1, runId: '20260301T120000Z-abcd', createdAt: '2026-03-01T12:00:00.000Z' },
  ...{ orgId: '00o1', host: 'acme.okta.com' },
  spec: { action: 'reset-password', sendEmail: true, revokeSessions: false, revokeTokens: false },
};
const dir = await mkdtemp(join(tmpdir(), 'okta-reset-plan-'));
const path = join(dir, 'plan.jsonl');

afterEach(() => void sound());
afterAll(async () => {
  giveBack();
  await rm(dir, { recursive: true, force: true });
});

const write = () => writePlan(path, HEADER, stream([]), never);

test.each<[DiskCall, string]>([
  ['open', 'plan.jsonl'],
  ['write', 'plan.jsonl'],
  ['sync', 'plan.jsonl'],
  ['close', 'plan.jsonl'],
  // Without it, a power cut could take the name of a plan that somebody has agreed to.
  ['sync', basename(dir)],
])('at %s of %s', async (call, file) => {
  failFrom({ file, call, code: 'EIO', nth: 1 });
  await expect(write()).rejects.toMatchObject({ code: 'DISK' });
  expect(sound()).toBeGreaterThan(0);
  expect(await readdir(dir)).toEqual([]);
});

test('a disk that works again has the whole plan', async () => {
  await write();
  const plan = await readPlan(path);
  expect([plan.header, await all(plan.rows)]).toEqual([HEADER, []]);
  await rm(path);
});
