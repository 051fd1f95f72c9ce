import { expect, test } from '@jest/globals';
import { dirname, join, relative } from 'node:path';
import { readDocuments } from './documents.ts';

const documents = await readDocuments();
const textOf = (path: string): string =>
  documents.find((document) => document.path === path)?.text ?? '';
/** Pages whose name says who they are for. */
const KNOWN_BY_NAME = ['README.md', 'CHANGELOG.md', 'reports/README.md'];

test('the README is at most 200 lines, with the picture of the console in the first screen', () => {
  const lines = textOf('README.md').trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(200);
  expect(lines.slice(0, 24).join('\n')).toContain('](docs/images/console-preview.png)');
});

test.each(documents.map(({ path }) => path).filter((path) => !KNOWN_BY_NAME.includes(path)))(
  '%s begins with the readers it is for',
  (path) => {
    const [, first = ''] = textOf(path)
      .replace(/^<!--.*-->\n/, '')
      .trim()
      .split('\n\n');
    expect(first).toMatch(/^For (?:the|anyone|people)\b/);
  },
);

test('the index of docs/ links every page', () => {
  const index = textOf('docs/README.md');
  const missing = documents
    .filter(({ path }) => dirname(path) === 'docs' && path !== join('docs', 'README.md'))
    .filter(({ path }) => !index.includes(`](${relative('docs', path)})`));
  expect(missing.map(({ path }) => path)).toEqual([]);
});

test('the runbook begins with one page of steps, each with one command', () => {
  const [, page = ''] = /## The next ten minutes\n(.*?)\n## Details/s.exec(
    textOf('docs/runbook.md'),
  ) ?? ['', ''];
  expect(page.split('\n').length).toBeLessThanOrEqual(70);
  const steps = page.split(/^\*\*\d+\. /m).slice(1);
  const commands = steps.map((step) => step.match(/^okta-reset /gm)?.length ?? 0);
  expect(Math.max(...commands)).toBe(1);
  expect(commands.length).toBeGreaterThan(6);
});
