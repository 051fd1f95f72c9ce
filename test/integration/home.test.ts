import { afterAll, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { isOpenToAll, isRoot } from '../disk/shapes.ts';
import { closeStages, stage } from './rig.ts';
import { BIN, spawnCommand } from './spawned.ts';

afterAll(closeStages);

/** An account that no list of accounts names. */
const NUMBER_ONLY = 4711;

test('an empty HOME does not make the current folder the home from which commands are run', async () => {
  const s = await stage({ users: 1 });
  await mkdir(s.path('.okta'), { mode: 0o700 });
  const planted = `okta:\n  client:\n    tokenCommand: touch ${s.path('planted')}; echo x\n`;
  await writeFile(s.path('.okta', 'okta.yaml'), planted, { mode: 0o600 });
  const env = { HOME: '', OKTA_CLIENT_TOKEN: '' };
  const ran = await spawnCommand(s, ['doctor'], { env }).ended;
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('CONFIG_CREDENTIALS')]);
  expect(existsSync(s.path('planted'))).toBe(false);
});

const canBeUsed = isRoot && [BIN, process.execPath].every(isOpenToAll);
(canBeUsed ? test : test.skip)('an account without a home can use the program', async () => {
  const s = await stage({ users: 1 });
  const build = ['env', '-u', 'HOME', '-u', 'NODE_V8_COVERAGE', process.execPath, BIN];
  const ran = await spawnCommand(s, ['--version'], { uid: NUMBER_ONLY, build }).ended;
  expect([ran.code, ran.stderr]).toEqual([0, '']);
});
