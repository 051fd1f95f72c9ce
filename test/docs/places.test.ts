import { expect, test } from '@jest/globals';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './documents.ts';

const read = (path: string) => readFile(join(ROOT, path), 'utf8');
const DESIGN = await read('docs/design.md');
const DOCUMENTS = new Map([
  ['docs/design.md', DESIGN],
  ['CONTRIBUTING.md', await read('CONTRIBUTING.md')],
]);

/** Paths of the project as a document names them, in code or as the target of a link. */
function pathsIn(text: string): readonly string[] {
  const found = text.matchAll(/(?:`|\]\()((?:src|test|docs|bench)\/[\w./-]*)/g);
  return [...new Set([...found].map((match) => match[1] ?? ''))];
}

/** The folders of the table of rooms: each room, and what its row says is inside. */
function foldersInTable(text: string): readonly string[] {
  const table = text.split('## The rooms')[1]?.split('## ')[0] ?? '';
  return [...table.matchAll(/^\| `(src\/[\w/]+)\/` \|(.*)$/gm)].flatMap(
    ([, room = '', row = '']) => [
      room,
      ...[...row.matchAll(/`([\w/]+)\/`/g)].map((match) => `${room}/${match[1] ?? ''}`),
    ],
  );
}

/** The rooms, and the folders in them. What is further inside is the room's own business. */
async function folders(dir: string): Promise<readonly string[]> {
  const entries = await readdir(join(ROOT, dir), { withFileTypes: true });
  const inside = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${dir}/${name}`);
  const below = dir === 'src' ? await Promise.all(inside.map(folders)) : [];
  return [...inside, ...below.flat()];
}

const named = [...DOCUMENTS].flatMap(([document, text]) =>
  pathsIn(text).map((path): [string, string] => [document, path]),
);

test('the page where does this go? names a hundred places', () => {
  expect(named.length).toBeGreaterThan(100);
});

test.each(named)('%s names %s, which exists', async (_, path) => {
  await access(join(ROOT, path));
  if (path.endsWith('/')) expect((await stat(join(ROOT, path))).isDirectory()).toBe(true);
});

test('the rooms and their folders are those of the code', async () => {
  const places = [...foldersInTable(DESIGN), ...pathsIn(DESIGN)].map((path) =>
    path.replace(/\/$/, ''),
  );
  const known = (dir: string) =>
    places.some((place) => place === dir || place.startsWith(`${dir}/`));
  expect((await folders('src')).filter((dir) => !known(dir))).toEqual([]);
  for (const dir of foldersInTable(DESIGN))
    expect((await stat(join(ROOT, dir))).isDirectory()).toBe(true);
});

test('each folder of tests is named', async () => {
  const here = (await readdir(join(ROOT, 'test'), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `test/${name}/`);
  const told = named.map(([, path]) => path);
  expect(here.filter((dir) => !told.includes(dir))).toEqual([]);
});

test('no folder of src has more than fifteen files', async () => {
  const entries = await readdir(join(ROOT, 'src'), { recursive: true, withFileTypes: true });
  const counts = new Map<string, number>();
  for (const entry of entries.filter((each) => each.isFile()))
    counts.set(entry.parentPath, (counts.get(entry.parentPath) ?? 0) + 1);
  expect(counts.size).toBeGreaterThan(50);
  expect([...counts].filter(([, count]) => count > 15)).toEqual([]);
});

test('the pacing has at most 750 lines, none of its files more than 200', async () => {
  const dir = join(ROOT, 'src/pacing');
  const sizes = await Promise.all(
    (await readdir(dir)).map(async (name) => {
      const text = await readFile(join(dir, name), 'utf8');
      return text.split('\n').length - 1;
    }),
  );
  expect(sizes.filter((lines) => lines > 200)).toEqual([]);
  const all = sizes.reduce((sum, lines) => sum + lines, 0);
  expect(all).toBeGreaterThan(300);
  expect(all).toBeLessThanOrEqual(750);
});
