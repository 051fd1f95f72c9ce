import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './documents.ts';

const SECURITY = 'SECURITY.md';
const DESIGN = 'docs/design.md';

/** The section below a title, up to the next one. */
async function section(document: string, title: string): Promise<string> {
  const text = await readFile(join(ROOT, document), 'utf8');
  const [, after = ''] = text.split(`## ${title}\n`);
  return after.split('\n## ')[0] ?? '';
}

/** The rows of a table of promises: what is promised, and the file and name of the test that holds it. */
async function promises(document: string) {
  return (await section(document, 'Promises and their tests'))
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('`test/'))
    .map((line) => {
      const [, promise = '', path = '', name = ''] = line.split('|').map((cell) => cell.trim());
      return { promise, path: path.replaceAll('`', ''), name };
    });
}

/** The name of a test: as a whole between the quotes that follow `test(`, `describe(` or a table of theirs. */
function isNamed(source: string, name: string): boolean {
  return ["'", '"', '`'].some((quote) => {
    const at = source.indexOf(`${quote}${name}${quote}`);
    return at >= 0 && /[(]\s*$/.test(source.slice(0, at));
  });
}

test.each([
  [SECURITY, 50],
  [DESIGN, 50],
])('each promise of %s names a test that exists', async (document, atLeast) => {
  const rows = await promises(document);
  expect(rows.length).toBeGreaterThanOrEqual(atLeast);
  const missing: string[] = [];
  for (const { promise, path, name } of rows) {
    const source = await readFile(join(ROOT, path), 'utf8').catch(() => '');
    if (promise === '' || name === '' || !isNamed(source, name)) missing.push(`${path}: ${name}`);
  }
  expect(missing).toEqual([]);
});

test('each number of what always holds has its tests', async () => {
  const [numbered = ''] = (await section(DESIGN, 'What always holds')).split('\n### ');
  const held = [...numbered.matchAll(/^(\d+)\. /gm)].map(([, number]) => number);
  expect(held.length).toBeGreaterThanOrEqual(8);
  const named = new Set((await promises(DESIGN)).map(({ promise }) => promise.split(':')[0]));
  expect(held.filter((number) => !named.has(number ?? ''))).toEqual([]);
});
