import { hash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { chainLine, emptyHead } from '../../src/journal/chain.ts';
import type { Stage } from './rig.ts';

/**
 * What controls a terminal or hides in it: CSI, OSC 0, 8 and 52, C1, directions, a cursor return, zero-width characters; and
 * another line.
 */
export const HOSTILE =
  'x\u001b[31m\u001b]0;t\u0007\u001b]8;;http://x.example\u001b\\\u001b]52;c;aGk=\u0007\u009b2J\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\ufeff\b\u007f\rCR\nFORGED';

/** A value with the texts replaced that `wanted` picks by their path; keys are joined by dots. */
export function planted(value: unknown, wanted: (path: string) => boolean, path = ''): unknown {
  if (typeof value === 'string') return wanted(path) ? HOSTILE : value;
  if (Array.isArray(value)) return value.map((each) => planted(each, wanted, `${path}[]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, planted(each, wanted, `${path}.${key}`)]),
  );
}

/** The paths of all texts in values. */
export function textPaths(values: readonly unknown[]): readonly string[] {
  const paths = new Set<string>();
  for (const value of values)
    planted(value, (path) => {
      paths.add(path);
      return false;
    });
  return [...paths];
}

export type Line = Readonly<Record<string, unknown>>;

export const linesOf = (text: string): readonly Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

export const asJsonLines = (lines: readonly unknown[]) =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** A journal of these records whose chain is intact, as a forger writes it. */
export function chained(records: readonly unknown[], runId: string): string {
  let { link } = emptyHead(runId);
  return records
    .map((record, index) => {
      const body = Object.entries(record as Line).filter(
        ([key]) => key !== 'seq' && key !== 'chain',
      );
      const made = chainLine(link, index + 1, Object.fromEntries(body) as never);
      link = made.link;
      return made.line;
    })
    .join('');
}

/** A plan of these lines, and run.json with its digest. */
export function digested(plan: string, run: string): string {
  return JSON.stringify({ ...(JSON.parse(run) as Line), planDigest: hash('sha256', plan, 'hex') });
}

/** Replaces a folder’s files with texts while `work` runs, and then restores them. */
export async function withFiles(
  s: Stage,
  files: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<void> {
  const before = await Promise.all(
    Object.keys(files).map(
      async (name) => [name, await readFile(s.path(name)).catch(() => undefined)] as const,
    ),
  );
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(s.path(name), text);
    await work();
  } finally {
    for (const [name, bytes] of before)
      await (bytes === undefined
        ? rm(s.path(name), { force: true })
        : writeFile(s.path(name), bytes));
  }
}
