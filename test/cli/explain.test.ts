import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startCliRig, type CliRig } from './rig.ts';

let rig: CliRig;
beforeAll(async () => {
  rig = await startCliRig({ users: 3 });
});
afterAll(() => rig.close());

test.each([
  ['E0000007', /row as failed/],
  ['E0000017', /row as failed/],
  ['already-in-recovery', /under way already/],
  ['status:SUSPENDED', /--include-status SUSPENDED/],
  ['provider:federation', /provider:FEDERATION/],
  ['protected:self', /owner of the credential/],
  ['protected:admin', /--include-admins/],
  ['changed-since', /--since/],
  ['not-found', /skipped or failed/],
  ['secret-lost', /rerun|Rerun/],
  ['transport:ECONNREFUSED', /ECONNREFUSED/],
])('%s is explained', async (code, says) => {
  const { code: exit, out } = await rig.type(['explain', code]);
  expect([exit, out.replace(/\s+/g, ' ')]).toEqual([0, expect.stringMatching(says)]);
  expect(out).not.toMatch(/skips? this row|this tool: skip/);
});

test('a reason that is nearly one is suggested', async () => {
  const { code, err } = await rig.type(['explain', 'already-in-recovry']);
  expect(code).toBe(2);
  expect(err).toContain('Did you mean already-in-recovery?');
});
