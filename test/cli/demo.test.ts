/** The demo shows the whole job in about forty lines, including a follow-up, and ends with two lines to try next. */
import { expect, test } from '@jest/globals';
import { runCli } from '../../src/cli/run-cli.ts';
import { skippingClock } from '../skipping-clock.ts';
import { startCliRig } from './rig.ts';

test('the demo is about forty lines, and ends with what to try next', async () => {
  const rig = await startCliRig({ users: 2 });
  try {
    const { host, out, err } = rig.host();
    const code = await runCli(['demo'], { ...host, clock: skippingClock() }, '0.0.0');
    expect([code, code === 0 ? '' : err()]).toEqual([0, '']);
    const lines = out().trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.length).toBeLessThanOrEqual(45);
    const said = out();
    for (const command of ['plan', 'run', 'resume', 'rerun', 'followup'])
      expect(said).toContain(`okta-reset ${command} `);
    expect(said).toMatch(/mailed 198 users of 198 planned, none of them twice/);
    // Not cut off if the command folds it.
    expect(said).toMatch(
      /E0000006 +Not permitted\. The role or scope of the credentials is too\s+small/,
    );
    expect(lines.slice(-2).join('\n')).toMatch(
      /^Next {4}\S*okta-reset .*asks you what to do.*\n {8}\S*okta-reset doctor /,
    );
  } finally {
    await rig.close();
  }
}, 60_000);
