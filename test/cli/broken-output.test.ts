/**
 * Standard output that accepts nothing more: a run stops in an orderly way, other commands fail, and standard error says
 * why.
 */
import { afterEach, expect, test } from '@jest/globals';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Output } from '../../src/domain/host.ts';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

let rig: CliRig;
afterEach(() => rig.close());

/** An output that accepts `writes` pieces, and then answers each with `code`. */
function breaking(given: Output, writes: number, code: string, onBreak: () => void): Output {
  let taken = 0;
  let broken: string | undefined;
  return {
    ...given,
    broken: () => broken,
    write: (text) => {
      taken += 1;
      if (taken > writes && broken === undefined) {
        broken = code;
        onBreak();
      }
      return broken === undefined ? given.write(text) : Promise.resolve();
    },
  };
}

async function typed(argv: readonly string[], writes: number, code: string) {
  const { host, err } = rig.host();
  const stdout = breaking(host.stdout, writes, code, () => rig.press('SIGPIPE'));
  return { exit: await runCli(argv, { ...host, stdout }, '0.0.0'), err: err() };
}

test.each(['ENOSPC', 'EPIPE'])(
  'a run whose output ends with %s stops, prints the command that continues it, and continues',
  async (code) => {
    rig = await startCliRig({
      users: 30,
      mix: { statuses: { ACTIVE: 1 }, providers: { OKTA: 1 } },
    });
    const ids = eligible(rig.org, 20);
    await rig.type(['plan', ...userFlags(ids), '--out', 'run']);
    const argv = ['run', '--plan', 'run', '--yes', '--max-users', '50', '--json'];
    const { exit, err } = await typed([...argv, '--concurrency', '1'], 3, code);
    expect([exit, err]).toEqual([
      143,
      expect.stringMatching(
        new RegExp(
          `Standard output cannot be written \\(${code}\\)\\. \\d+ users are left\\. To go on: okta-reset resume run`,
        ),
      ),
    ]);
    expect((await rig.type(['resume', 'run'])).code).toBe(0);
    expect(rig.org.stats().effects.mails).toMatchObject({ users: 20, total: 20, most: 1 });
  },
);

test('a run that had ended when its output failed is not to be continued, but reported', async () => {
  rig = await startCliRig({ users: 10, mix: { statuses: { ACTIVE: 1 }, providers: { OKTA: 1 } } });
  const { host, err } = rig.host();
  let broken: string | undefined;
  const stdout: Output = {
    ...host.stdout,
    broken: () => broken,
    write: (text) => {
      if (text.includes('"type":"run-ended"')) broken = 'ENOSPC';
      return host.stdout.write(text);
    },
  };
  const who = userFlags(eligible(rig.org, 2));
  const argv = ['run', ...who, '--out', 'run', '--yes', '--max-users', '2', '--json'];
  await runCli(argv, { ...host, stdout }, '0.0.0');
  expect(err()).toContain(
    'Standard output cannot be written (ENOSPC). Every row has ended: okta-reset report run\n',
  );
});

test('a command that only prints, and cannot, says so and exits with 7; a reader that goes away is not an error', async () => {
  rig = await startCliRig({ users: 30, mix: { statuses: { ACTIVE: 1 }, providers: { OKTA: 1 } } });
  await rig.type(['plan', ...userFlags(eligible(rig.org, 20)), '--out', 'run']);
  const commands = [
    ['users', '--all'],
    ['users', '--all', '--format', 'ndjson'],
    ['report', 'run'],
    ['report', 'run', '--format', 'json'],
    ['runs', '--in', '.'],
    ['explain', '429'],
    ['completion', 'bash'],
    ['--help'],
    ['--version'],
  ];
  for (const argv of commands) {
    const full = await typed(argv, 0, 'ENOSPC');
    expect([argv, full.exit, full.err]).toEqual([
      argv,
      7,
      expect.stringMatching(/Standard output cannot be written \(ENOSPC\)[^]*→/),
    ]);
    const gone = await typed(argv, 0, 'EPIPE');
    expect([argv, gone.exit, gone.err]).toEqual([
      argv,
      0,
      expect.not.stringMatching(/Error|EPIPE/),
    ]);
  }
});
