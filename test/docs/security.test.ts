import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './documents.ts';

/** The rows of the table of promises: what is promised, and the files with the tests that hold it. */
async function promises() {
  const text = await readFile(join(ROOT, 'SECURITY.md'), 'utf8');
  const [, section = ''] = text.split('## Promises and their tests\n');
  const [table = ''] = section.split('\n## ');
  return table
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('`test/'))
    .map((line) => {
      const [, promise = '', path = '', name = ''] = line.split('|').map((cell) => cell.trim());
      return { promise, path: path.replaceAll('`', ''), name };
    });
}

test('each promise of SECURITY.md names a test that there is', async () => {
  const rows = await promises();
  expect(rows.length).toBeGreaterThan(15);
  const missing: string[] = [];
  for (const { promise, path, name } of rows) {
    const source = await readFile(join(ROOT, path), 'utf8').catch(() => '');
    // A name in a source: as a whole between its quotes.
    const written = [`'${name}'`, `"${name}"`].some((each) => source.includes(each));
    if (promise === '' || name === '' || !written) missing.push(`${path}: ${name}`);
  }
  expect(missing).toEqual([]);
});
