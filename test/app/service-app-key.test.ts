/** The key of the sandbox's service app: made once, and read again. */
import { failFrom, giveBack, sound } from '../faults/failing-disk.ts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publicKeyOf } from '../../src/app/org/service-app-key.ts';
import { newFolder } from './run-folders.ts';

let root: string;
beforeAll(async () => (root = await newFolder()));
afterAll(async () => {
  giveBack();
  await rm(root, { recursive: true, force: true });
});

test('is made if there is no file, for its owner only, and then stays', async () => {
  const path = join(root, 'app.pem');
  const jwk = await publicKeyOf(path);
  expect(jwk).toMatchObject({ kty: 'RSA', use: 'sig', alg: 'RS256' });
  expect(jwk).not.toHaveProperty('d');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await publicKeyOf(path)).toEqual(jwk);
});

test.each<[string, string, (path: string) => Promise<unknown>]>([
  ['a link', 'FILE_NOT_YOURS', (path) => symlink(join(root, 'app.pem'), path)],
  ['a folder', 'FILE_NOT_YOURS', (path) => mkdir(path)],
  ['text', 'CONFIG_CREDENTIALS', (path) => writeFile(path, 'no key', { mode: 0o600 })],
])('in whose place is %s is refused: %s', async (what, code, put) => {
  const path = join(root, what);
  await put(path);
  await expect(publicKeyOf(path)).rejects.toMatchObject({ code });
});

test('that the system does not let us read is refused, with what to do', async () => {
  const path = join(root, 'locked');
  await writeFile(path, 'x', { mode: 0o600 });
  failFrom({ file: 'locked', call: 'open', code: 'EACCES', nth: 1 });
  const refused = publicKeyOf(path).finally(() => expect(sound()).toBe(1));
  await expect(refused).rejects.toMatchObject({
    ...{ code: 'CONFIG_CREDENTIALS', message: `The key file ${path} cannot be read.` },
  });
});

test('that has a name keeps it', async () => {
  const path = join(root, 'named.json');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'mine' };
  await writeFile(path, JSON.stringify(jwk), { mode: 0o600 });
  expect(await publicKeyOf(path)).toMatchObject({ kty: 'EC', kid: 'mine', alg: 'ES256' });
  expect(await publicKeyOf(join(root, 'plain.pem'))).not.toHaveProperty('kid');
});

test('that cannot be written is a fault of the configuration, with the advice of the disk', async () => {
  const path = join(root, 'missing', 'app.pem');
  await expect(publicKeyOf(path)).rejects.toMatchObject({
    ...{ code: 'CONFIG_CREDENTIALS', message: expect.stringContaining('ENOENT') },
    hint: expect.stringMatching(/./),
  });
});
