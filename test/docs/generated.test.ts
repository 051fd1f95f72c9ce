import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cliDocument } from '../../scripts/docs-cli.ts';
import { errorsDocument } from '../../scripts/docs-errors.ts';
import { APP_ERROR_CODES } from '../../src/domain/codes/app-error.ts';
import { ROOT } from './documents.ts';

describe('a document made from data is what the data makes now (npm run docs rewrites it)', () => {
  test.each([
    ['docs/cli.md', cliDocument],
    ['docs/errors.md', errorsDocument],
  ])('%s', async (path, make) => {
    expect(await readFile(join(ROOT, path), 'utf8')).toBe(make());
  });
});

test('docs/errors.md has each of our codes once', () => {
  const titles = [...errorsDocument().matchAll(/^### (\S+)$/gm)].map((match) => match[1]);
  expect(titles).toEqual([...new Set(titles)]);
  expect(titles).toEqual(expect.arrayContaining([...APP_ERROR_CODES]));
});
