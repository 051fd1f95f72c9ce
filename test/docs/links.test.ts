import { describe, expect, test } from '@jest/globals';
import { access } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { ROOT, proseOf, readDocuments } from './documents.ts';

const documents = await readDocuments();

/** GitHub's anchors: lower case, punctuation gone, blanks to hyphens. */
function anchorsOf(text: string): ReadonlySet<string> {
  return new Set(
    [...proseOf(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, title]) =>
      (title ?? '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

const anchors = new Map(documents.map(({ path, text }) => [path, anchorsOf(text)]));

describe('links of the documents', () => {
  const links = documents.flatMap(({ path, text }) =>
    [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !/^(?:https?|mailto):/.test(target))
      .map((target): [string, string] => [path, target]),
  );

  test('there are some', () => {
    expect(links.length).toBeGreaterThan(20);
  });

  test.each(links)('%s → %s', async (from, target) => {
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? from : normalize(join(dirname(from), file));
    await access(join(ROOT, path));
    if (anchor !== undefined) expect([...(anchors.get(path) ?? [])]).toContain(anchor);
  });
});

test('the README has exactly two set-up commands', () => {
  const readme = documents.find(({ path }) => path === 'README.md')?.text ?? '';
  const lines = readme.match(/^\s*(?:\$ )?npm ci && npm (?:run [a-z:-]+|test|start)\s*$/gm) ?? [];
  expect(lines.map((line) => line.trim())).toEqual([
    'npm ci && npm run demo',
    'npm ci && npm test',
  ]);
});
