/** The demo shows the whole job in about forty lines, including a follow-up, and ends with two lines to try next. */
import { describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { execute } from '../../src/cli/commands/demo.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { demoLines } from '../../src/cli/screens/demo-lines.ts';
import { openTerminal } from '../../src/cli/terminal/terminal.ts';
import type { Host } from '../../src/domain/host.ts';
import { skippingClock } from '../skipping-clock.ts';
import { startCliRig } from './rig.ts';
import { NO_FLAGS, terminalOn } from './terminal-on.ts';

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

describe('the lines of a command that the demo shows', () => {
  const skips = (count: number) => Array.from({ length: count }, (_, at) => `  skip: s${at}  1`);
  const shown = (lines: readonly string[], width = 40, wanted = /^ {2}(?:skip|act)/) =>
    demoLines(lines.join('\n'), wanted, width);

  test('are those that are wanted, and what they continue on', () => {
    const lines = ['head', '    not of it', '  act 3', '    why', '   odd', '    no', '  act 4'];
    expect(shown(lines)).toEqual(['  act 3', '    why', '  act 4']);
  });

  test('name three reasons to skip, and count the others', () => {
    for (const count of [0, 2, 3]) expect(shown(skips(count))).toEqual(skips(count));
    expect(shown([...skips(5), '  act 1'])).toEqual([
      ...skips(3),
      '  … and 2 more reasons to skip',
      '  act 1',
    ]);
  });

  test('are joined where they were wrapped, and wrapped for this width', () => {
    const far = ' '.repeat(12);
    const lines = [`${far}first`, '  act one', `${far}two`, `${far.slice(1)}three`];
    expect(shown(lines, 40, /\w/)).toEqual([`${far}first`, '  act one two', lines[3]]);
    const wide = `  act ${'x'.repeat(34)}`;
    expect(shown([wide])).toEqual([wide]);
    expect(shown([`${wide} y`, `${far}z`])).toEqual(['  act', `    ${'x'.repeat(34)} y`, '    z']);
  });
});

/** Plays the demo up to its first command, which ends with a code that the demo does not expect. */
async function firstCommand(columns: number, tty = false) {
  const { host, out } = terminalOn({ columns, ttys: tty ? ['out'] : [] });
  const listeners = new Set<unknown>();
  const sleeps: number[] = [];
  let closed = 0;
  const cwd = await mkdtemp(join(tmpdir(), 'okta-reset-demo-'));
  const own: Host = {
    ...host,
    ...{ cwd, env: { ...OWN, OKTA_CLIENT_TOKEN: 'mine', OKTA_CLIENT_SCOPES: 'mine' } },
    clock: { ...host.clock, sleep: async (ms) => void sleeps.push(ms) },
    stdin: Object.assign(
      { [Symbol.asyncIterator]: () => host.stdin[Symbol.asyncIterator]() },
      {
        isTty: true,
        close: () => void (closed += 1),
      },
    ),
    onSignal: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const seen: { argv: readonly string[]; host: Host }[] = [];
  const call = async (argv: readonly string[], given: Host) => {
    seen.push({ argv, host: given });
    const release = given.onSignal(() => undefined);
    given.stdin.close();
    await given.stdout.write('  act 1\n');
    release();
    return 9;
  };
  const terminal = openTerminal(own, NO_FLAGS);
  const around = { input: {}, given: new Map(), word: undefined, shown: {}, faces: NO_FACES };
  const ended = await execute({ terminal, call, ...around }).catch(String);
  await rm(cwd, { recursive: true });
  return { ended, seen, sleeps, closed, listeners, out: out(), cwd };
}

/** What a terminal is like, which the commands of the demo must know too. */
const OWN = { NO_COLOR: '1', TERM: 'vt100', CI: '1' };

const NO_FACES = { openConsole: () => Promise.reject(new Error('no console')) };

describe('a command of the demo', () => {
  test('has the made-up org and its own folder, cannot ask, and is told completely if it fails', async () => {
    const { ended, seen, closed, listeners, cwd } = await firstCommand(100);
    const [{ argv, host }] = seen as [(typeof seen)[0]];
    expect(argv.slice(0, 3)).toEqual(['plan', '--file', 'users.csv']);
    expect(host.env).toEqual({
      ...OWN,
      OKTA_CLIENT_ORGURL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      OKTA_CLIENT_TOKEN: expect.not.stringContaining('mine'),
      XDG_STATE_HOME: join(host.cwd, '.state'),
    });
    expect(relative(cwd, host.cwd)).toMatch(/^reports\/demo-\w+-\w+$/);
    expect([host.stdin.isTty, host.stdout.isTty, closed, listeners.size]).toEqual([
      ...[false, false, 0, 0],
    ]);
    await expect(fetch(host.env['OKTA_CLIENT_ORGURL'] ?? '')).rejects.toThrow('fetch failed');
    expect(ended).toBe('Error: demo: plan ended with 9, not 0:\n  act 1\n');
  });

  test('stays on a terminal for as long as it takes to read, and nowhere else', async () => {
    expect((await firstCommand(100)).sleeps).toEqual([]);
    expect((await firstCommand(100, true)).sleeps).toEqual([2 * 350, 350]);
  });

  test.each([
    [40, 40],
    [300, 96],
  ])('fits a terminal of %d columns, in %d', async (columns, widest) => {
    const { out } = await firstCommand(columns);
    const [, ...lines] = out.trimEnd().split('\n');
    const longest = Math.max(...lines.map((line) => line.length));
    expect(longest).toBeLessThan(widest);
    expect(longest).toBeGreaterThan(widest / 2);
  });
});
