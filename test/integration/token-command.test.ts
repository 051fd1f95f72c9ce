import { afterAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { host } from '../../src/host.ts';
import { expectCode } from './expect-code.ts';
import { closeStages, filesUnder, mailsByUser, PLAIN, stage, type Stage } from './rig.ts';

afterAll(closeStages);

const NOTHING = { OKTA_CLIENT_TOKEN: '' };

/** The vault of a test: a file outside the folder of the run; each opening is counted in a second one. */
async function vaultOf(s: Stage, token: string) {
  const vault = await stage({ users: 1 });
  const path = vault.path('vault');
  await writeFile(path, `${token}\n`);
  return {
    putNow: (text: string) => writeFileSync(path, `${text}\n`),
    command: `echo x >> ${vault.path('count')}; cat ${path}`,
    opened: async () => (await readFile(vault.path('count'), 'utf8')).length / 2,
    dir: vault.dir,
    run: (argv: readonly string[], more: Parameters<Stage['run']>[1] = {}) =>
      s.run(argv, { env: NOTHING, ...more }),
  };
}

const world = { users: 14, mix: PLAIN, clock: host.clock } as const;
const YES = ['--yes', '--max-users', '100'];

describe('--token-command', () => {
  test('its output is the token, which is nowhere else: no file, log, output, argument or environment', async () => {
    const s = await stage(world);
    const csv = await s.ids(s.org.users());
    const seen = s.path('seen-by-children');
    const vault = await vaultOf(s, s.org.token);
    // What other processes can see of this one and of the command's shell while it runs.
    const spying = `cat /proc/$$/environ /proc/$PPID/cmdline /proc/$$/cmdline | tr '\\0' '\\n' > ${seen}; echo told to a person >&2; ${vault.command}`;
    const flags = ['--token-command', spying];
    const ran = await vault.run(['run', '--file', csv, '--out', 'run', '-v', ...YES, ...flags]);
    expectCode(ran, 0);
    expect(mailsByUser(s.org).size).toBe(12);
    expect(await vault.opened()).toBe(1);
    const told = await vault.run(['report', 'run', '--format', 'json']);
    for (const text of [ran.stdout, ran.stderr, told.stdout, told.stderr])
      expect(text).not.toContain(s.org.token);
    const files = await filesUnder(s.dir);
    expect(files.has(seen)).toBe(true);
    for (const [path, text] of files)
      expect([path, text.includes(s.org.token)]).toEqual([path, false]);
  });

  test('runs again when the org rejects its token, and the run continues with the new one', async () => {
    const s = await stage({ ...world, latencyMs: 20 });
    const csv = await s.ids(s.org.users());
    const vault = await vaultOf(s, s.org.token);
    let rotated = false;
    const ran = await vault.run(
      ['run', '--file', csv, '--out', 'run', '--json', '--concurrency', '2', ...YES].concat(
        '--token-command',
        vault.command,
      ),
      {
        onStdout: (text) => {
          if (rotated || !text.includes('"type":"row"')) return;
          rotated = true;
          // At once, so that no other call leaves with the old token unnoticed.
          vault.putNow(s.org.issueToken());
          s.org.revokeToken(s.org.token);
        },
      },
    );
    expectCode(ran, 0);
    const mails = mailsByUser(s.org);
    expect([mails.size, Math.max(...mails.values())]).toEqual([12, 1]);
    expect(await vault.opened()).toBe(2);
  });

  test('the same token again ends the run like a dead token, after one more try', async () => {
    const s = await stage(world);
    const csv = await s.ids(s.org.users());
    const vault = await vaultOf(s, s.org.token);
    s.org.revokeToken(s.org.token);
    const ran = await vault.run(['plan', '--file', csv, '--token-command', vault.command]);
    expectCode(ran, 6);
    expect(ran.stderr).toMatch(/AUTH_REJECTED/);
    expect(await vault.opened()).toBe(2);
  });

  test.each([
    ['fails', 'echo 00CANARY; exit 7', /ended with 7/],
    ['prints too much', 'yes 00CANARY', /more than any token/],
    ['is not there', 'no-such-vault-of-okta-reset 00CANARY', /ended with 127/],
    ['prints two lines', 'echo 00CANARY; echo 00CANARY', /characters that a token cannot/],
  ])('a command that %s is an error before anything is read', async (_, command, message) => {
    const s = await stage({ users: 2, clock: host.clock });
    const argv = ['plan', '--all', '--token-command', command];
    const ran = await s.run(argv, { env: NOTHING });
    expectCode(ran, 2);
    expect(ran.stderr).toMatch(/CONFIG_CREDENTIALS/);
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toMatch(message);
    expect(ran.stdout + ran.stderr.replaceAll(command, '')).not.toContain('00CANARY');
  });

  test('next to --token-file is refused', async () => {
    const s = await stage({ users: 2 });
    const ran = await s.run(['plan', '--all', '--token-command', 'true', '--token-file', 't']);
    expectCode(ran, 2);
    expect(ran.stderr).toMatch(/do not go together/);
  });
});
