import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FOLLOWUP_STATES, RESENDABLE } from '../../src/app/followup/followup-state.ts';
import { startCliRig, type CliRig } from './rig.ts';

let rig: CliRig;
beforeAll(async () => {
  rig = await startCliRig({ users: 3 });
});
afterAll(() => rig.close());

test.each([
  ['E0000007', /row as failed/],
  ['E0000017', /row as failed/],
  ['already-in-recovery', /already under way/],
  ['status:SUSPENDED', /--include-status SUSPENDED/],
  ['provider:federation', /provider:FEDERATION/],
  ['protected:self', /owns the credential/],
  ['protected:admin', /--include-admins/],
  ['changed-since', /--since/],
  ['not-found', /skipped or failed/],
  ['secret-lost', /rerun|Rerun/],
  ['transport:ECONNREFUSED', /ECONNREFUSED/],
  ['429', /HTTP status · E0000047 E0000118 .*does not count as a try/],
  ['http 403', /HTTP status · .*E0000006.*role or scope/],
  ['404', /no such user in this org/],
  ['RECOVERY', /user status .*old password no longer works.*already-in-recovery/],
  ['suspended', /user status .*Okta does not reset suspended users/],
  ['FEDERATION', /provider type .*another identity provider/],
  ['E0000239', /HTTP 423 .*policies/],
  ['E0000240', /HTTP 502 .*agent did not answer in time/],
  ['E0000241', /HTTP 504 .*No directory agent is connected/],
  ['E0000249', /HTTP 409 .*Group rules/],
  ['E0000256', /HTTP 414 .*header of the answer/],
  ['unknown', /outcome of a row .*--only unknown/],
  ['Not-Attempted', /outcome of a row .*resume RUN/],
  ['exit code 7', /exit code .*resume/],
  ['4', /exit code .*report RUN.*rerun RUN/],
  [
    'link-dead',
    /state of a user in a follow-up Stuck: the link has expired.*--resend --only link-dead/,
  ],
  ['finished', /state of a user in a follow-up .*new password since/],
])('%s is explained', async (code, says) => {
  const { code: exit, out } = await rig.type(['explain', code]);
  expect([exit, out.replace(/\s+/g, ' ')]).toEqual([0, expect.stringMatching(says)]);
  expect(out).not.toMatch(/skips? this row|this tool: skip/);
});

test.each(['[RUN_EXISTS]', ' run_exists ', '[run_exists]\n'])(
  'a code is explained as it was copied: %j',
  async (copied) => {
    const { code, out } = await rig.type(['explain', copied]);
    expect([code, out.split(' ')[0]]).toEqual([0, 'RUN_EXISTS']);
  },
);

test.each([
  ['already-in-recovry', 'already-in-recovery'],
  ['not-atempted', 'not-attempted'],
  ['link-deed', 'link-dead'],
])('for %s, %s is suggested', async (word, known) => {
  const { code, err } = await rig.type(['explain', word]);
  expect(code).toBe(2);
  expect(err).toContain(`Did you mean ${known}?`);
});

test.each([
  ['E0000006', true],
  ['RUN_EXISTS', true],
  ['already-in-recovery', false],
  ['429', false],
  ['link-dead', false],
])('who can fix it is said of %s: %s', async (code, says) => {
  const { out } = await rig.type(['explain', code]);
  expect(/^ {2}Who can fix it: [a-z]/m.test(out)).toBe(says);
});

test.each(FOLLOWUP_STATES)(
  'how to act again on users who are %s is said if it can be done',
  async (state) => {
    const { out } = await rig.type(['explain', state]);
    expect(out.replace(/\s+/g, ' ').includes(`followup RUN --resend --only ${state}`)).toBe(
      RESENDABLE.some((known) => known === state),
    );
  },
);
