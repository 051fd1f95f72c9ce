import { afterAll, expect, test } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expectCode } from './expect-code.ts';
import { closeStages, isEligible, mailsByUser, PLAIN, stage, type Stage } from './rig.ts';

afterAll(closeStages);

async function planned(): Promise<Stage> {
  const s = await stage({ users: 32, mix: PLAIN });
  await s.ids([...s.org.users()].filter(isEligible));
  expectCode(await s.run(['plan', '--file', 'ids.csv', '--out', 'run']), 0);
  return s;
}
const CANARY = ['run', '--plan', 'run', '--canary', '5', '--canary-wait', '0'];

test('a yes to the canary is only to the canary: it is shown as it was read back, and the rest waits for its own yes', async () => {
  const s = await planned();
  const yes = `5@${s.host}\n25@${s.host}\n`;
  const ran = await s.run(CANARY, { terminal: true, stdin: yes });
  expectCode(ran, 0);
  expect(ran.stderr).toContain(`Reset the passwords of the first 5 of 30 users on ${s.host}`);
  expect(ran.stderr).toContain('5 users read back, and correct:');
  expect(ran.stderr.match(/@acme\.example\s+RECOVERY/g)).toHaveLength(5);
  expect(ran.stderr).toContain(`Reset the passwords of the other 25 users on ${s.host}`);
  expect(mailsByUser(s.org).size).toBe(30);
});

test('anything else stops after the canary; a resume asks for the rest again, and refuses if there is nobody to ask', async () => {
  const s = await planned();
  const ran = await s.run(CANARY, { terminal: true, stdin: `5@${s.host}\nno\n` });
  expectCode(ran, 7);
  expect(ran.stdout).toContain('Stopped after the first 5 users, as you chose.');
  expect(ran.stdout).toContain('okta-reset resume run');
  expect(mailsByUser(s.org).size).toBe(5);

  // No proof of a consent to all of them is kept that a changed journal could use.
  await expect(readdir(join(s.stateHome, 'okta-reset', 'consents'))).rejects.toThrow(/ENOENT/);
  const unattended = await s.run(['resume', 'run']);
  expectCode(unattended, 5);
  expect(unattended.stderr).toContain(`--confirm 25@${s.host}`);
  const declined = await s.run(['resume', 'run'], { terminal: true, stdin: 'no\n' });
  expectCode(declined, 5);
  expect(mailsByUser(s.org).size).toBe(5);

  expectCode(await s.run(['resume', 'run'], { terminal: true, stdin: `25@${s.host}\n` }), 0);
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([30, 1]);
});

test('Ctrl-C at the pause stops in an orderly way, and the rest still needs a yes', async () => {
  const s = await planned();
  let isAsked = () => {};
  const asked = new Promise<void>((resolve) => (isAsked = resolve));
  const running = s.start(CANARY, {
    terminal: true,
    stdin: `5@${s.host}\n`,
    stays: true,
    onStderr: (text) => text.includes('anything else to stop here') && isAsked(),
  });
  await asked;
  running.signal('SIGINT');
  expectCode(await running.ended, 130);
  expect(mailsByUser(s.org).size).toBe(5);
  expectCode(await s.run(['resume', 'run']), 5);
});

test('each wave needs its own yes; a resume continues in the wave in which the run stopped', async () => {
  const s = await planned();
  const waves = ['run', '--plan', 'run', '--canary', '2,10', '--canary-wait', '0'];
  const ran = await s.run(waves, {
    terminal: true,
    stdin: `2@${s.host}\n10@${s.host}\nno\n`,
  });
  expectCode(ran, 7);
  expect(ran.stderr).toContain(`Reset the passwords of the first 2 of 30 users on ${s.host}`);
  expect(ran.stderr).toContain('Wave 1 of 2: 2 users read back, and correct:');
  expect(ran.stderr).toContain('have the emails arrived');
  expect(ran.stderr).toContain(
    `Reset the passwords of the next 10 of the other 28 users on ${s.host}`,
  );
  expect(ran.stderr).toContain('you are asked again before the 18 after them');
  expect(ran.stderr).toContain('Wave 2 of 2: 10 users read back, and correct:');
  expect(ran.stdout).toContain('Stopped after the first 12 users, as you chose.');
  expect(mailsByUser(s.org).size).toBe(12);
  expectCode(await s.run(['resume', 'run']), 5);
  expectCode(await s.run(['resume', 'run'], { terminal: true, stdin: `18@${s.host}\n` }), 0);
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([30, 1]);
});

test('a yes by flag is to all of them: nobody is asked', async () => {
  const s = await planned();
  const ran = await s.run([...CANARY, '--confirm', `30@${s.host}`], { terminal: true });
  expectCode(ran, 0);
  expect(ran.stderr).not.toContain('to stop here');
  expect(mailsByUser(s.org).size).toBe(30);
});
