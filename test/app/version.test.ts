import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { VERSION } from '../../src/app/version.ts';

test('the version is that of the package', () => {
  const path = new URL('../../package.json', import.meta.url);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: VERSION });
});
