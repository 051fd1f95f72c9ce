import { describe, expect, test } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cliDocument } from '../../scripts/docs-cli.ts';
import { errorsDocument } from '../../scripts/docs-errors.ts';
import { APP_ERROR_ENTRIES } from '../../src/domain/codes/app-error-entries.ts';
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
  expect(titles).toEqual(expect.arrayContaining(APP_ERROR_ENTRIES.map(({ code }) => code)));
});

test('each of our codes is thrown somewhere', async () => {
  const src = join(ROOT, 'src');
  const paths = await readdir(src, { recursive: true });
  const texts = await Promise.all(
    paths
      .filter((path) => path.endsWith('.ts') && !path.endsWith('app-error-entries.ts'))
      .map((path) => readFile(join(src, path), 'utf8')),
  );
  const code = texts.join('\n');
  const dead = APP_ERROR_ENTRIES.filter((entry) => !code.includes(`'${entry.code}'`));
  expect(dead.map((entry) => entry.code)).toEqual([]);
});
