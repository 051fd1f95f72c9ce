import { afterAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import type { Summary } from '../../src/domain/run/summary.ts';
import { expectCode } from './expect-code.ts';
import { closeStages, mailsByUser, PLAIN, stage, writesSeen, type Stage } from './rig.ts';

afterAll(closeStages);

async function json<T>(s: Stage, name: string): Promise<T> {
  return JSON.parse(await readFile(s.path('run', name), 'utf8')) as T;
}

/** An org whose first two tokens belong to two admins, and a plan that the first of them made. */
async function planned() {
  const s = await stage({ users: 15, admins: 3, mix: PLAIN });
  const second = { OKTA_CLIENT_TOKEN: s.org.issueToken() };
  const ran = await s.run(['plan', '--file', await s.ids(s.org.users()), '--out', 'run']);
  expectCode(ran, 0);
  const run = await json<RunFile>(s, 'run.json');
  const digest = run.planDigest.slice(0, 8);
  return { s, second, ran, run, digest };
}

describe('one person plans, another executes', () => {
  test('a consent with the digest that the plan printed executes it, and the report names both', async () => {
    const { s, second, ran, run, digest } = await planned();
    expect(ran.stdout).toContain(`Plan digest ${digest}`);
    const confirm = `12@${s.host}#${digest}`;
    expect(ran.stdout).toContain(`okta-reset run --plan run --confirm ${confirm}`);

    const executed = await s.run(['run', '--plan', 'run', '--confirm', confirm], { env: second });
    expectCode(executed, 0);
    expect(mailsByUser(s.org).size).toBe(12);

    const [planner, executor] = [...s.org.users()];
    const summary = await json<Summary>(s, 'summary.json');
    expect(run.principal).toEqual({ kind: 'user', id: planner!.id, login: planner!.login });
    expect(summary.plannedBy).toEqual(run.principal);
    expect(summary.executedBy).toEqual([
      { kind: 'user', id: executor!.id, login: executor!.login },
    ]);
    const told = await s.run(['report', 'run']);
    expect(told.stdout).toContain(`Planned by   ${planner!.login} (${planner!.id})`);
    expect(told.stdout).toContain(`Executed by  ${executor!.login} (${executor!.id})`);
    const page = await readFile(s.path('run', 'report.html'), 'utf8');
    for (const { login } of [planner!, executor!]) expect(page).toContain(login);
    expect(page).toContain(run.planDigest);
  });

  test('a run that several people executed names each of them once', async () => {
    const { s, second } = await planned();
    const flags = ['--confirm', `12@${s.host}`, '--concurrency', '1', '--json'];
    for (const env of [{}, second]) {
      const running = s.start(['run', '--plan', 'run', ...flags], {
        env,
        onStdout: (text) => text.includes('"type":"row"') && running.signal('SIGINT'),
      });
      expectCode(await running.ended, 130);
    }
    expectCode(await s.run(['resume', 'run', '--confirm', `12@${s.host}`]), 0);
    const [one, two] = [...s.org.users()];
    const { executedBy } = await json<Summary>(s, 'summary.json');
    expect(executedBy).toEqual([
      { kind: 'user', id: one!.id, login: one!.login },
      { kind: 'user', id: two!.id, login: two!.login },
    ]);
    expect(Math.max(...mailsByUser(s.org).values())).toBe(1);
  });

  test('the digest of another plan is refused, by flag and when it is typed, and the message says what differs', async () => {
    const { s, run, digest } = await planned();
    const other = digest.startsWith('0') ? '11111111' : '00000000';
    const confirm = `12@${s.host}#${other}`;
    const flagged = await s.run(['run', '--plan', 'run', '--confirm', confirm]);
    expectCode(flagged, 5);
    const typed = await s.run(['run', '--plan', 'run'], { terminal: true, stdin: `${confirm}\n` });
    expectCode(typed, 5);
    for (const { stderr } of [flagged, typed]) {
      expect(stderr).toMatch(/CONFIRM_OTHER_PLAN/);
      expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
        `You confirmed the plan ${other}; this is the plan ${digest}. Nothing was sent.`,
      );
    }
    expect(writesSeen(s.org)).toBe(0);

    const right = `12@${s.host}#${run.planDigest}`;
    const yes = await s.run(['run', '--plan', 'run', '--canary', '0'], {
      terminal: true,
      stdin: `${right}\n`,
    });
    expectCode(yes, 0);
    expect(mailsByUser(s.org).size).toBe(12);
  });

  test('a digest given to a command that makes a new plan is refused before anything is read', async () => {
    const { s, digest } = await planned();
    const calls = s.org.stats().requests;
    for (const argv of [
      ['run', '--file', 'ids.csv', '--out', 'other'],
      ['rerun', 'run', '--out', 'other'],
    ]) {
      const ran = await s.run([...argv, '--confirm', `12@${s.host}#${digest}`]);
      expectCode(ran, 2);
      expect(ran.stderr).toMatch(/run --plan/);
    }
    expect(s.org.stats().requests).toEqual(calls);
  });
});
