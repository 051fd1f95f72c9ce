import { afterAll, expect, test } from '@jest/globals';
import { expectCode } from './expect-code.ts';
import { closeStages, PLAIN, stage, type Ran } from './rig.ts';

afterAll(closeStages);

test('plan names its report; plan -q is one line', async () => {
  const s = await stage({ users: 5, mix: PLAIN });
  const csv = await s.ids(s.org.users());
  const told = await s.run(['plan', '--file', csv, '--out', 'told']);
  expectCode(told, 0);
  expect(told.stdout).toMatch(/^Report +told\/report\.html$/m);
  const quiet = await s.run(['plan', '-q', '--file', csv, '--out', 'quiet']);
  expectCode(quiet, 0);
  expect(quiet.stdout).toBe(`3 users on ${s.host} would be acted on. Plan: quiet\n`);
});

/** The commands that a dry run ends with, as they would be copied. */
const commandsIn = ({ stdout }: Ran) =>
  [...stdout.matchAll(/^(?:Next)? +(okta-reset .*)$/gm)].map(([, command]) => command);

test('a command for somebody else has the consent to this plan, instead of one that was typed', async () => {
  const s = await stage({ users: 5, mix: PLAIN });
  const csv = await s.ids(s.org.users());
  const plan = async (out: string, ...flags: readonly string[]) => {
    const ran = await s.run(['plan', '--file', csv, '--out', out, '--again', ...flags]);
    expectCode(ran, 0);
    const digest = /Plan digest (\w{8})/.exec(ran.stdout)?.[1] ?? 'none';
    return { next: commandsIn(ran), other: `--confirm 3@${s.host}#${digest}` };
  };
  const right = await plan('right', '--confirm', `3@${s.host}`, '--canary', '1');
  expect(right.next).toEqual([
    `okta-reset run --plan right --confirm 3@${s.host} --canary 1`,
    `okta-reset run --plan right --canary 1 ${right.other}`,
  ]);
  const wrong = await plan('wrong', '--confirm', `4@${s.host}`);
  expect(wrong.next).toEqual([
    'okta-reset run --plan wrong',
    `okta-reset run --plan wrong ${wrong.other}`,
  ]);
  const any = await plan('any', '--yes', '--max-users', '9');
  expect(any.next).toEqual([
    'okta-reset run --plan any --yes --max-users 9',
    `okta-reset run --plan any --max-users 9 ${any.other}`,
  ]);
  // As another shell would read the last of them.
  expectCode(await s.run(any.next[1]?.split(' ').slice(1) ?? []), 0);
});

test('a plan whose secrets have no key yet says how to make one', async () => {
  const s = await stage({ users: 5, mix: PLAIN });
  const plan = ['plan', '--file', await s.ids(s.org.users())];
  const password = [...plan, '--action', 'temp-password'];
  const open = await s.run([...password, '--out', 'open']);
  expect(commandsIn(open)).toEqual([
    'okta-reset secrets keygen --out key.txt',
    'okta-reset run --plan open --secrets-recipient age1…',
    expect.stringMatching(/^okta-reset run --plan open --confirm \S+ --secrets-recipient age1…$/),
  ]);
  expect(open.stdout).toContain('The temporary passwords need a key.');
  const links = await s.run([...plan, '--no-send-email', '--out', 'links']);
  expect(links.stdout).toContain('The reset links need a key.');
  const clear = await s.run([...password, '--secrets-plaintext', '--out', 'clear']);
  expect(commandsIn(clear)[0]).toBe('okta-reset run --plan clear --secrets-plaintext');
});

test('--help mentions the guide', async () => {
  const s = await stage({ users: 3 });
  expect((await s.run(['--help'])).stdout).toMatch(/asks you what to do step by step/);
});
