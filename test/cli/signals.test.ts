import { afterAll, describe, expect, test } from '@jest/globals';
import { stat } from 'node:fs/promises';
import { host } from '../../src/host.ts';
import { expectCode } from '../integration/expect-code.ts';
import {
  closeStages,
  mailsByUser,
  NO_STACK,
  outcomes,
  PLAIN,
  readCsv,
  stage,
  type Running,
  type Stage,
} from '../integration/rig.ts';
import { BIN, spawnCommand } from '../integration/spawned.ts';

afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000'];
const USERS = 40;

async function planned(more: Parameters<typeof stage>[0] = {}): Promise<Stage> {
  const s = await stage({ users: USERS + 2, mix: PLAIN, latencyMs: 60, ...more });
  await s.rockstar();
  expectCode(await s.run(['plan', '--file', 'users.csv', '--out', 'run']), 0);
  return s;
}

/** Starts the run; resolves when the first row has ended. */
async function begun(s: Stage, more: readonly string[] = []): Promise<Running> {
  return new Promise((resolve) => {
    const running = s.start(['run', '--plan', 'run', ...YES, ...more], {
      onStderr: () => {
        if (s.org.stats().effects.mails.total > 0) resolve(running);
      },
    });
    const poll = setInterval(() => {
      if (s.org.stats().effects.mails.total === 0) return;
      clearInterval(poll);
      resolve(running);
    }, 5);
    void running.ended.finally(() => clearInterval(poll));
  });
}

async function expectFinished(s: Stage): Promise<void> {
  const resumed = await s.run(['resume', 'run']);
  expectCode(resumed, 0);
  expect(resumed.stdout).toContain(' in 2 invocations, breaks included, ');
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([USERS, 1]);
  expect(outcomes(await readCsv(s.path('run', 'results.csv')))).toEqual({
    succeeded: USERS,
    skipped: 2,
  });
}

describe('a signal', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)(
    '%s drains: calls in flight are settled, the resume command is printed',
    async (name, code) => {
      const s = await planned();
      const running = await begun(s);
      running.signal(name);
      const ran = await running.ended;
      expectCode(ran, code);
      expect(ran.stdout).toMatch(/okta-reset resume \S*run/);
      const rows = await readCsv(s.path('run', 'results.csv'));
      const mails = mailsByUser(s.org);
      for (const row of rows.filter((each) => each['_outcome'] !== 'skipped'))
        expect(row['_outcome']).toBe(mails.has(row['_user_id']!) ? 'succeeded' : 'not-attempted');
      expect(outcomes(rows)['not-attempted']).toBeGreaterThan(0);
      await expectFinished(s);
    },
  );

  test('a second one leaves at once, with a journal that can be continued', async () => {
    const s = await planned({ latencyMs: 20, chaos: 'stall-headers=30%' });
    const running = await begun(s);
    running.signal('SIGINT');
    // Within half a second it counts as the same key press. Calls that hang would delay a drain for much longer.
    await s.clock.sleep(600);
    const startMs = s.clock.monotonicMs();
    running.signal('SIGINT');
    const ran = await running.ended;
    expect(s.clock.monotonicMs() - startMs).toBeLessThan(5000);
    expectCode(ran, 130);
    expect(ran.stderr).toMatch(/okta-reset resume \S*run/);
    expect(ran.stderr).not.toMatch(NO_STACK);
    await expect(stat(s.path('run', 'lock'))).rejects.toMatchObject({ code: 'ENOENT' });
    expectCode(await s.run(['resume', 'run', '--timeout', '10s']), 0);
    const mails = mailsByUser(s.org);
    expect([mails.size, Math.max(...mails.values())]).toEqual([USERS, 1]);
  });

  test('before anything is sent leaves nothing to settle', async () => {
    const s = await stage({ users: 100, latencyMs: 100 });
    await s.rockstar();
    const running = s.start(['run', '--file', 'users.csv', '--out', 'run', ...YES]);
    while (Object.keys(s.org.stats().requests).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    running.signal('SIGINT');
    const early = await running.ended;
    expect([early.code, s.org.stats().effects.mails.total]).toEqual([130, 0]);
    expect(early.stderr).not.toMatch(NO_STACK);
  });
});

describe('the real process', () => {
  test('drains on SIGTERM, says how to continue, and continues', async () => {
    const s = await planned({ latencyMs: 100, clock: host.clock });
    let once = true;
    const { child, ended } = spawnCommand(s, ['run', '--plan', 'run', ...YES, '--json'], {
      build: [process.execPath, BIN],
      onStdout: (text) => {
        if (once && text.includes('"type":"row"')) child.kill('SIGTERM');
        once &&= !text.includes('"type":"row"');
      },
    });
    const ran = await ended;
    expectCode(ran, 143);
    expect(ran.stderr + ran.stdout).not.toMatch(NO_STACK);
    await expectFinished(s);
  });

  test('a reader of stdout that goes away is not an error', async () => {
    const s = await stage({ users: 3000, mix: PLAIN });
    const { child, ended } = spawnCommand(s, ['users', '--all', '--format', 'ndjson']);
    child.stdout!.once('data', () => child.stdout!.destroy());
    const ran = await ended;
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
  });

  test('prints its version', async () => {
    const s = await stage({ users: 3 });
    const { ended } = spawnCommand(s, ['--version']);
    expect(await ended).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});
