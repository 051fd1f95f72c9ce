import { afterAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { expectCode } from './expect-code.ts';
import { closeStages, isEligible, mailsByUser, PLAIN, stage, type Stage } from './rig.ts';

afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000', '-q'];

async function planned(): Promise<Stage> {
  const s = await stage({ users: 8, seed: 3, mix: PLAIN });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  expectCode(await s.run(['plan', '--file', csv, '--out', 'run', '-q']), 0);
  return s;
}

const runJson = async (s: Stage) =>
  JSON.parse(await readFile(s.path('run', 'run.json'), 'utf8')) as Record<string, unknown>;

/** Writes the run as another version would have: only run.json, or plan.jsonl as well. */
async function withFormat(s: Stage, format: number, both: boolean): Promise<void> {
  const run = await runJson(s);
  const plan = s.path('run', 'plan.jsonl');
  const text = await readFile(plan, 'utf8');
  const other = both ? text.replace('{"format":2,', `{"format":${format},`) : text;
  await writeFile(plan, other);
  const planDigest = createHash('sha256').update(other).digest('hex');
  await writeFile(s.path('run', 'run.json'), JSON.stringify({ ...run, format, planDigest }));
}

test('a new run has format 2, in both of its files', async () => {
  const s = await planned();
  expect(await runJson(s)).toMatchObject({ format: 2 });
  const [header = ''] = (await readFile(s.path('run', 'plan.jsonl'), 'utf8')).split('\n');
  expect(JSON.parse(header)).toMatchObject({ format: 2 });
});

test('a run of format 1 is executed; one of a later format, or of two formats, is not', async () => {
  const s = await planned();
  await withFormat(s, 3, true);
  const later = await s.run(['run', '--plan', 'run', ...YES]);
  expectCode(later, 3);
  expect(later.stderr).toMatch(/RUN_FORMAT/);

  const mixed = await planned();
  await withFormat(mixed, 1, false);
  const refused = await mixed.run(['run', '--plan', 'run', ...YES]);
  expectCode(refused, 5);
  expect(refused.stderr).toMatch(/PLAN_CHANGED/);
  expect(mailsByUser(mixed.org).size).toBe(0);

  const first = await planned();
  await withFormat(first, 1, true);
  expectCode(await first.run(['run', '--plan', 'run', ...YES]), 0);
  expect(mailsByUser(first.org).size).toBe(6);
});
