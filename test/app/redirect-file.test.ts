import { expect, test } from '@jest/globals';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { writeRedirect } from '../../src/app/console/redirect-file.ts';

test('a page that leads a browser to a link is for its owner only, and goes with its folder', async () => {
  const { path, remove } = await writeRedirect('http://127.0.0.1:1/#secret');
  expect(await readFile(path, 'utf8')).toContain('content="0;url=http://127.0.0.1:1/#secret"');
  expect([(await stat(path)).mode & 0o777, (await stat(dirname(path))).mode & 0o777]).toEqual([
    ...[0o600, 0o700],
  ]);
  expect([basename(path), basename(dirname(path))]).toEqual([
    ...['open.html', expect.stringMatching(/^okta-reset-open-/)],
  ]);
  await remove();
  await expect(stat(dirname(path))).rejects.toMatchObject({ code: 'ENOENT' });
  await remove();
});
