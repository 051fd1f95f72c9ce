/** The program as one file, and as a single executable: made, and used from an empty folder. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectCode } from '../integration/expect-code.ts';
import { closeStages, mailsByUser, PLAIN, stage } from '../integration/rig.ts';
import { spawnCommand } from '../integration/spawned.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'okta-reset-one-file-'));
afterAll(async () => {
  await closeStages();
  rmSync(folder, { recursive: true, force: true });
});

const make = (script: string) =>
  spawnSync(process.execPath, [join(ROOT, 'scripts', script), folder], { encoding: 'utf8' });

/** Not every Node can contain a program: those of some distributions cannot. */
const canTake = readFileSync(process.execPath).includes('NODE_SEA_FUSE_');

const FORMS = [
  ['okta-reset.mjs', 'bundle.mjs', [process.execPath, join(folder, 'okta-reset.mjs')], true],
  ['a single executable', 'executable.mjs', [join(folder, 'okta-reset')], canTake],
] as const;

for (const [name, script, build, isPossible] of FORMS)
  (isPossible ? describe : describe.skip)(name, () => {
    beforeAll(() => {
      const made = make(script);
      expect([made.status, made.stdout]).toEqual([0, expect.stringContaining('Run it:')]);
    }, 120_000);

    test('has the licenses of its libraries next to it', () => {
      const notice = readFileSync(join(folder, 'NOTICE'), 'utf8');
      for (const library of ['undici', 'zod', 'preact', 'uplot', 'age-encryption'])
        expect(notice).toMatch(new RegExp(`^${library} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
      expect(notice.includes('Node.js v')).toBe(script === 'executable.mjs');
    });

    test('plays the demo', async () => {
      const s = await stage({ users: 1, mix: PLAIN });
      const { code, stdout } = await spawnCommand(s, ['demo'], { build }).ended;
      expect([code, stdout]).toEqual([0, expect.stringContaining('none of them twice')]);
    }, 120_000);

    test('runs, is stopped, resumes, reports, seals and verifies', async () => {
      const s = await stage({ users: 12, mix: PLAIN });
      const type = (...argv: readonly string[]) => spawnCommand(s, argv, { build }).ended;
      const csv = await s.ids(s.org.users());
      const consent = ['--confirm', `10@${s.host}`];
      const flags = ['--file', csv, '--out', 'run', '--concurrency', '1', '--json', ...consent];
      const begun = spawnCommand(s, ['run', ...flags], {
        build,
        onStdout: (text) => text.includes('"type":"row"') && begun.child.kill('SIGINT'),
      });
      expectCode(await begun.ended, 130);
      expectCode(await type('resume', 'run', ...consent), 0);
      expect([...mailsByUser(s.org).values()]).toEqual(Array.from({ length: 10 }, () => 1));
      expectCode(await type('report', 'run', '--seal'), 0);
      expectCode(await type('report', 'run', '--verify'), 0);
      expect(readFileSync(join(s.dir, 'run', 'report.html'), 'utf8')).toContain('<script>');
    }, 120_000);

    test('opens the console, whose page is in it', async () => {
      const s = await stage({ users: 1, mix: PLAIN });
      let link: string | undefined;
      const opened = spawnCommand(s, ['console', '--no-open', '--json'], {
        build,
        onStdout: (text) => {
          link ??= /http:[^"\s]+\/open\/[^"\s]+/.exec(text)?.[0];
        },
      });
      while (link === undefined && opened.child.exitCode === null)
        await new Promise((resolve) => opened.child.stdout?.once('data', resolve));
      const answer = await fetch(link ?? '', { redirect: 'manual' });
      const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
      const file = await fetch(new URL('/assets/console.js', link), { headers: { cookie } });
      expect([file.status, (await file.text()).length > 50_000]).toEqual([200, true]);
      opened.child.kill('SIGINT');
      expect((await opened.ended).stderr).not.toContain('Error');
    }, 60_000);
  });

test('neither is kept in the repository', () => {
  expect(readFileSync(join(ROOT, '.gitignore'), 'utf8')).toContain('/bundle/');
  expect(existsSync(folder)).toBe(true);
});
