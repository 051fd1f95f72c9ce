import { afterAll, expect, test } from '@jest/globals';
import { expectCode } from './expect-code.ts';
import { closeStages, PLAIN, stage } from './rig.ts';

afterAll(closeStages);

test('plan names its report; plan -q is one line', async () => {
  const s = await stage({ users: 5, mix: PLAIN });
  const csv = await s.ids(s.org.users());
  const told = await s.run(['plan', '--file', csv, '--out', 'told']);
  expectCode(told, 0);
  expect(told.stdout).toMatch(/^Report +told\/report\.html$/m);
  const quiet = await s.run(['plan', '-q', '--file', csv, '--out', 'quiet']);
  expectCode(quiet, 0);
  expect(quiet.stdout).toBe(`3 users on ${s.host} would be acted on. Plan: quiet\n`);
});

test('--help mentions the guide', async () => {
  const s = await stage({ users: 3 });
  expect((await s.run(['--help'])).stdout).toMatch(/asks you what to do step by step/);
});
