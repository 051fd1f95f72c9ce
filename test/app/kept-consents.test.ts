/** Where consent is kept, for whom it counts, and what is said if it cannot be kept. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isConsentProved, keepConsent, stateDir } from '../../src/app/run/consent/consent-proof.ts';
import { failFrom, giveBack, sound } from '../faults/failing-disk.ts';
import { runFile } from '../report/sample.ts';
import { openBelow } from './open-files.ts';
import { around, newFolder } from './run-folders.ts';

const root = await newFolder();
afterEach(() => void sound());
afterAll(async () => {
  giveBack();
  await rm(root, { recursive: true });
});

const run = runFile({ targets: 3 });
let folders = 0;
async function folder() {
  folders += 1;
  const cwd = join(root, String(folders));
  await mkdir(cwd, { mode: 0o700 });
  const here = around(cwd);
  const state = join(cwd, '.state', 'okta-reset');
  const keep = () => keepConsent(run, here.context);
  const isProved = () => isConsentProved(run, here.context.host);
  return { ...here, state, keep, isProved };
}

test.each([
  ['linux', {}, '/home/a/.local/state/okta-reset'],
  ['linux', { XDG_STATE_HOME: '/state' }, '/state/okta-reset'],
  ['linux', { XDG_STATE_HOME: 'state' }, '/home/a/.local/state/okta-reset'],
  ['linux', { LOCALAPPDATA: '/local' }, '/home/a/.local/state/okta-reset'],
  ['win32', { LOCALAPPDATA: '/local' }, '/local/okta-reset'],
  ['win32', { LOCALAPPDATA: '/local', XDG_STATE_HOME: '/state' }, '/state/okta-reset'],
  ['win32', { LOCALAPPDATA: 'local' }, '/home/a/.local/state/okta-reset'],
] as const)('on %s with %j, the state is in %s', (platform, env, dir) => {
  expect(stateDir({ platform, env, homeDir: '/home/a' })).toBe(dir);
});

test('consent is kept once, in files and folders that only this user can read', async () => {
  const { state, keep, isProved, events } = await folder();
  expect(await isProved()).toBe(false);
  await keep();
  expect([await isProved(), events]).toEqual([true, []]);
  const names = (await readdir(state, { recursive: true })).sort();
  expect(names).toEqual(['consent.key', 'consents', `consents/${run.runId}.proof`]);
  for (const name of ['.', ...names]) expect((await stat(join(state, name))).mode & 0o077).toBe(0);
  expect(openBelow(state)).toEqual([]);
  // Nothing is written for what is kept already, so a disk that fails does not matter.
  for (const file of ['proof', 'consent.key']) {
    failFrom({ file, call: 'rename', code: 'EROFS', nth: 1 });
    await keep();
    expect([sound(), events]).toEqual([0, []]);
  }
});

test('consent to one run is not consent to a changed one', async () => {
  const { keep, context } = await folder();
  await keep();
  for (const more of [{ targets: 4 }, { host: 'x.okta.com' }, { planDigest: 'ab'.repeat(32) }])
    expect(await isConsentProved({ ...run, ...more }, context.host)).toBe(false);
});

test.each(['.', 'consents', 'consent.key', `consents/${run.runId}.proof`])(
  'what others can reach proves nothing: %s',
  async (name) => {
    const { state, keep, isProved } = await folder();
    await keep();
    const isFolder = !name.includes('.key') && !name.includes('.proof');
    await chmod(join(state, name), isFolder ? 0o777 : 0o644);
    expect(await isProved()).toBe(false);
    await chmod(join(state, name), isFolder ? 0o700 : 0o600);
    expect(await isProved()).toBe(true);
  },
);

test.each([
  ['consent.key', 'rename', 'EROFS'],
  ['proof', 'rename', 'ENOSPC'],
  ['proof', 'open', 'EACCES'],
] as const)(
  'if %s cannot be written (%s), there is a warning with the cause',
  async (file, call, code) => {
    const { state, keep, isProved, events } = await folder();
    failFrom({ file, call, code, nth: 1 });
    await keep();
    expect([sound() > 0, await isProved()]).toEqual([true, false]);
    expect(events).toMatchObject([
      {
        ...{ type: 'message', level: 'warning', hint: expect.stringContaining('XDG_STATE_HOME') },
        text: expect.stringContaining(
          `Your consent could not be saved in ${state} (${code}: injected`,
        ),
      },
    ]);
    expect(openBelow(state)).toEqual([]);
  },
);

test('a state directory of ours that others can write to is closed to them first', async () => {
  const { state, keep, isProved, said } = await folder();
  await mkdir(state, { recursive: true, mode: 0o700 });
  await chmod(state, 0o777);
  await keep();
  expect([await isProved(), said(), (await stat(state)).mode & 0o777]).toEqual([true, [], 0o700]);
});
