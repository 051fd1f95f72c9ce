import { afterAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { host } from '../../src/host.ts';
import { expectCode } from './expect-code.ts';
import { skippingClock } from '../skipping-clock.ts';
import { closeStages, isEligible, mailsByUser, PLAIN, stage, type Stage } from './rig.ts';

afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000'];

/** The words of a printed command line, as a POSIX shell would read them. */
function wordsOf(text: string, command: RegExp): readonly string[] {
  const line = new RegExp(`okta-reset (${command.source}.*)`).exec(text)?.[1] ?? '';
  return (line.match(/(?:'[^']*'|[^\s'])+/g) ?? []).map((word) => word.replaceAll("'", ''));
}

/** A run that was stopped by Ctrl-C when its first row had ended. */
async function stopped(s: Stage, argv: readonly string[], keys = 1) {
  const running = s.start(argv);
  const over = new AbortController();
  void running.ended.finally(() => over.abort());
  const done = () => {
    const { mails, tempPasswords } = s.org.stats().effects;
    return mails.total + tempPasswords.total;
  };
  const pressed = (async () => {
    // If the run ends without having done anything, its output says why.
    while (!over.signal.aborted && done() === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    running.signal('SIGINT');
    if (keys === 1) return;
    await s.clock.sleep(600);
    running.signal('SIGINT');
  })();
  const ran = await running.ended;
  await pressed;
  expectCode(ran, 130);
  return ran;
}

describe('the command that continues', () => {
  test('repeats the flags that a plain resume would lose, and works as it is printed', async () => {
    const s = await stage({ users: 26, mix: PLAIN, latencyMs: 40 });
    await s.rockstar();
    await writeFile(s.path('my token'), s.org.token, { mode: 0o600 });
    const kept = ['--max-failures', '5%', '--concurrency', '2', '--per-minute', '3000'];
    const hours = ['--between', '00:00-24:00', 'Europe/Berlin'];
    const org = ['--org', s.org.url, '--token-file', 'my token'];
    const secrets = ['--action', 'temp-password', '--secrets-plaintext'];
    const flags = [...kept, ...hours, ...org, ...secrets, '--canary', '3', ...YES];
    const env = { OKTA_CLIENT_ORGURL: '', OKTA_CLIENT_TOKEN: '' };
    expectCode(await s.run(['plan', '--file', 'users.csv', ...org], { env }), 0);
    const ran = await stopped(s, ['run', '--file', 'users.csv', '--out', 'a run', ...flags]);
    const words = wordsOf(ran.stdout, /resume/);
    expect(words).toEqual([
      ...['resume', 'a run', '--max-failures', '5%', '--concurrency', '2', '--per-minute', '3000'],
      ...['--between', '00:00-24:00 Europe/Berlin', ...org, '--secrets-plaintext'],
    ]);
    expect(ran.stdout + ran.stderr).not.toContain(s.org.token);
    expectCode(await s.run(words, { env }), 0);
    expect(s.org.stats().effects.tempPasswords).toMatchObject({ users: 24, total: 24 });
  });

  test('is printed with them when the run is left at once', async () => {
    // The second key comes while the calls that stall are still waited for.
    const clock = skippingClock({ leastSkipMs: 50 });
    const chaos = 'stall-headers=40%';
    const s = await stage({ users: 42, mix: PLAIN, latencyMs: 20, chaos, clock });
    await s.rockstar();
    const flags = ['--out', 'run', '--per-hour', '100000', '--timeout', '4s', ...YES];
    const ran = await stopped(s, ['run', '--file', 'users.csv', ...flags], 2);
    expect(wordsOf(ran.stderr, /resume/)).toEqual([
      ...['resume', 'run', '--per-hour', '100000', '--timeout', '4s'],
    ]);
  });

  test('allows more failures if failures stopped the run', async () => {
    const s = await stage({ users: 62, mix: PLAIN });
    const ids = [...s.org.users()].filter(isEligible);
    const strangers = ['a', 'b', 'c'].map((letter) => ({ id: `00u${letter.repeat(17)}` }));
    const csv = await s.ids([...ids.slice(0, 17), ...strangers, ...ids.slice(17)]);
    const ran = await s.run(['run', '--file', csv, '--no-lookup', '--out', 'run', ...YES]);
    expectCode(ran, 5);
    const words = wordsOf(ran.stdout, /resume/);
    expect(words).toEqual(['resume', 'run', '--max-failures', '20%']);
    expectCode(await s.run(words), 4);
    expect(mailsByUser(s.org).size).toBe(60);
  });

  // A pace of one's own is kept by real timers.
  test('for a plan repeats what the plan was given and a run would lose', async () => {
    const s = await stage({ users: 12, mix: PLAIN, clock: host.clock });
    await s.rockstar();
    const canary = ['--canary', '3', '--canary-wait', '0'];
    const flags = ['--max-users', '50', ...canary, '--per-minute', '600', '--org', s.org.url];
    for (const command of [['plan'], ['run', '--dry-run']]) {
      const out = `of-${command.length}`;
      const argv = [...command, '--file', 'users.csv', '--out', out, ...flags];
      const planned = await s.run(argv);
      expectCode(planned, 0);
      expect(wordsOf(planned.stdout, /run --plan/)).toEqual(['run', '--plan', out, ...flags]);
    }
    const ran = await s.run(['run', '--plan', 'of-1', ...flags, '--yes', '--json']);
    expectCode(ran, 0);
    expect(ran.stdout).toMatch(/"phase":"verified"/);
  });

  test('names the plan after a no, and if there is nobody to ask', async () => {
    const s = await stage({ users: 12, mix: PLAIN });
    await s.rockstar();
    const argv = ['run', '--file', 'users.csv', '--canary', '2'];
    const no = await s.run([...argv, '--out', 'no'], { terminal: true, stdin: 'no\n' });
    expectCode(no, 5);
    expect(no.stderr.replace(/\s+/g, ' ')).toContain('okta-reset run --plan no --canary 2');
    const nobody = await s.run([...argv, '--out', 'nobody']);
    expectCode(nobody, 5);
    expect(wordsOf(nobody.stderr, /run --plan/).slice(0, 7)).toEqual([
      ...['run', '--plan', 'nobody', '--canary', '2', '--confirm', `10@${s.host},`],
    ]);
    expect(mailsByUser(s.org).size).toBe(0);
  });

  test('to open the secrets depends on what the run has', async () => {
    const s = await stage({ users: 7, mix: PLAIN });
    await s.rockstar();
    const key = await s.run(['secrets', 'keygen', '--out', 'key.txt']);
    const recipient = /age1\w+/.exec(key.stdout + key.stderr)?.[0] ?? '';
    const argv = [
      'run',
      '--file',
      'users.csv',
      '--out',
      'run',
      '--action',
      'temp-password',
      ...YES,
    ];
    expectCode(await s.run([...argv, '--secrets-recipient', recipient]), 0);
    const again = await s.run(['resume', 'run']);
    expectCode(again, 0);
    expect(again.stdout).toContain('okta-reset secrets open run --identity KEY --out secrets.csv');
  });
});

describe('a preview checks the guards it lists', () => {
  test.each([
    ['--max-failures', '101%'],
    ['--max-users', '-1'],
    ['--plan-max-age', '0s'],
    ['--confirm', 'yes please'],
    ['--canary', 'two'],
    ['--yes'],
  ])('%s %s', async (...flags) => {
    const s = await stage({ users: 3, mix: PLAIN });
    await s.rockstar();
    for (const command of [['plan'], ['run', '--dry-run'], ['run']]) {
      const ran = await s.run([...command, '--file', 'users.csv', ...flags]);
      expectCode(ran, 2);
      expect(ran.stderr).toContain(flags[0]);
    }
  });

  test('run --plan takes no --out', async () => {
    const s = await stage({ users: 3, mix: PLAIN });
    await s.rockstar();
    expectCode(await s.run(['plan', '--file', 'users.csv', '--out', 'run']), 0);
    const ran = await s.run(['run', '--plan', 'run', '--out', 'other', ...YES]);
    expectCode(ran, 2);
    expect(ran.stderr).toMatch(/--out and --plan/);
    expect(mailsByUser(s.org).size).toBe(0);
  });
});
