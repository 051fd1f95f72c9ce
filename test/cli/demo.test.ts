/** The demo shows the whole job in about forty lines, including a follow-up, and ends with two lines to try next. */
import { expect, test } from '@jest/globals';
import { runCli } from '../../src/cli/run-cli.ts';
import { skippingClock } from '../skipping-clock.ts';
import { startCliRig } from './rig.ts';

/** The lines of the demo, without what depends on the machine: its port, the time, and how far the run got. */
const LINES = `
The whole job on a made-up Okta org inside this process. No real org is touched.

── 1 · Preview  A list of 320 users: who would be reset, who would not, and why. Sends nothing.
$ okta-reset plan --file users.csv --revoke-sessions --out run
198 users on HOST would be acted on
  act                              198
  skip: provider:ACTIVE_DIRECTORY   27
  skip: status:PROVISIONED          18
  skip: provider:FEDERATION         13
  … and 8 more reasons to skip
  rows in all                      320
  about TIME

── 2 · Run, and press Ctrl-C halfway  Meanwhile, three of the users move out of the token’s
reach.
$ okta-reset run --plan run --confirm 198@HOST
Stopped by SIGINT.
  succeeded      SOME
  not-attempted  SOME

── 3 · Resume  The journal records who is done: nobody is reset twice.
$ okta-reset resume run
The run is finished.
  succeeded    195
  failed         3
  3 × E0000006 Not permitted. The role or scope of the credentials is too small, or this
    user is an admin, is outside the role’s resource set, or has a directory agent without the
    rights.

── 4 · Rerun what failed  The token can reach the three again. Only their rows are run.
$ okta-reset rerun run --out rerun --revoke-sessions --yes --max-users 3
  succeeded    3

── 5 · Follow up  Some have used their link; who has not?
$ okta-reset followup run
2 runs on HOST: 66 of 198 users finished
███████░░░░░░░░░░░░░ 33%
  finished      66  set a new password since
  waiting      132  not yet, but still can
The System Log proves each of the 198 resets.

The made-up org emailed 198 users of 198 planned, none of them twice, nobody else.
Report  reports/demo-RUN/run/report.html
Next    okta-reset   asks you what to do step by step, also on a made-up org
        okta-reset doctor   checks your org and credential`;

test('the demo shows each step with its command and its figures, and ends with what to try next', async () => {
  const rig = await startCliRig({ users: 2 });
  try {
    const { host, out, err } = rig.host();
    const here = { ...host, program: 'okta-reset', clock: skippingClock() };
    const code = await runCli(['demo'], here, '0.0.0');
    expect([code, code === 0 ? '' : err()]).toEqual([0, '']);
    const said = out()
      .replace(/127\.0\.0\.1:\d+/g, 'HOST')
      .replace(/^ {2}about .*(?:\n {4}.*)?$/m, '  about TIME')
      .replace(/(Stopped by SIGINT\.\n {2}succeeded) +\d+\n {2}not-attempted +\d+$/m, (_, before) =>
        [`${before as string}      SOME`, '  not-attempted  SOME'].join('\n'),
      )
      .replace(/demo-\w+-\w+/, 'demo-RUN');
    expect(said.trimEnd().split('\n')).toEqual(LINES.trimStart().split('\n'));
    // The run is stopped halfway, and not at its end.
    const [, done = '', left = ''] = /Stopped[^]*? (\d+)\n.* (\d+)\n/.exec(out()) ?? [];
    expect([Number(done) + Number(left), Number(done) >= 99]).toEqual([198, true]);
  } finally {
    await rig.close();
  }
}, 60_000);

test('the demo is for people: --json is refused', async () => {
  const rig = await startCliRig({ users: 2 });
  try {
    const { code, events } = await rig.type(['demo', '--json']);
    expect([code, events]).toMatchObject([2, [{ message: '--json and demo do not go together.' }]]);
  } finally {
    await rig.close();
  }
});
