/**
 * Each module is loaded here first, so that the patterns it makes are seen.
 *
 * @jest-environment-options {"ownModules": true}
 */
import { describe, expect, test } from '@jest/globals';
import { parse } from '@swc/core';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { analyse } from 'scslre';
import { attacksOn } from './attacks.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Pattern {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

/** Patterns that are put together: how the module is made to do so. They are caught as they are made. */
const BUILT: Readonly<Record<string, () => Promise<unknown>>> = {
  'src/domain/program.ts': () => import('../../src/domain/program.ts'),
  'src/secrets/redact.ts': () => import('../../src/secrets/redact.ts'),
  'src/selection/layout/dialect.ts': async () => {
    const { isPadded } = await import('../../src/selection/layout/dialect.ts');
    return [';', '\t'].map((delimiter) => isPadded('', delimiter));
  },
  'src/selection/layout/titles.ts': () => import('../../src/selection/layout/titles.ts'), // before what imports it
  'src/selection/layout/secret-words.ts': () =>
    import('../../src/selection/layout/secret-words.ts'),
};

interface Node {
  readonly type?: string;
  readonly callee?: { readonly value?: string };
  readonly pattern?: string;
  readonly flags?: string;
}

/** Calls `visit` with a node of a syntax tree and all that it contains. */
function visitAll(node: unknown, visit: (node: Node) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) visit(node);
  for (const part of Object.values(node)) visitAll(part, visit);
}

/** Every pattern that is written in the sources, and the files that put some together. */
async function written() {
  const literals: Pattern[] = [];
  const builders = new Map<string, number>();
  const names = await readdir(join(ROOT, 'src'), { recursive: true });
  for (const name of names.filter((each) => /\.tsx?$/.test(each))) {
    const text = await readFile(join(ROOT, 'src', name), 'utf8');
    const path = `src/${name.replaceAll('\\', '/')}`;
    const tree = await parse(text, { syntax: 'typescript', tsx: name.endsWith('x') });
    visitAll(tree, ({ type, callee, pattern: source = '', flags = '' }) => {
      if (type === 'RegExpLiteral') {
        const line = text.slice(0, text.indexOf(`/${source}/${flags}`)).split('\n').length;
        literals.push({ place: `${path}:${line}`, source, flags });
      }
      const isBuilt =
        (type === 'NewExpression' || type === 'CallExpression') && callee?.value === 'RegExp';
      if (isBuilt) builders.set(path, (builders.get(path) ?? 0) + 1);
    });
  }
  return { literals, builders };
}

/** The patterns that modules put together when they are loaded or asked. */
async function built(): Promise<readonly Pattern[]> {
  const ordinary = globalThis.RegExp;
  const found: Pattern[] = [];
  let place = '';
  globalThis.RegExp = new Proxy(ordinary, {
    construct: (target, [source, flags = '']: [string, string?]) => {
      found.push({ place, source, flags });
      return new target(source, flags);
    },
  });
  try {
    for (const [path, make] of Object.entries(BUILT)) {
      place = path;
      await make();
    }
  } finally {
    globalThis.RegExp = ordinary;
  }
  return found;
}

const { literals, builders } = await written();
const assembled = await built();
/** What is written several times is tried once. */
const patterns = [
  ...new Map(
    [...literals, ...assembled].map((one) => [`/${one.source}/${one.flags}`, one]),
  ).values(),
];

/**
 * CPU time that a pattern can take over a text of `LENGTH` characters. What grows with the square takes three times as much,
 * or more, on a fast machine; what does not, a seventh.
 */
const LENGTH = 40_000;
const MOST_MS = 40;

function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The attack that a pattern takes too long for, each time; undefined if there is none. */
function beatenBy(
  { source, flags }: Pick<Pattern, 'source' | 'flags'>,
  { times = 3, length = LENGTH, mostMs = MOST_MS } = {},
): string | undefined {
  const pattern = new RegExp(source, flags);
  for (const text of attacksOn(source, flags, length)) {
    const tooLong = () => cpuMs(() => text.replace(pattern, '')) > mostMs;
    if (Array.from({ length: times }).every(tooLong)) return JSON.stringify(text.slice(0, 60));
  }
  return undefined;
}

test('every pattern that is put together at run time is known here', () => {
  const caught = new Set(assembled.map(({ place }) => place));
  expect([...builders.keys()].sort()).toEqual([...caught].sort());
  for (const [path, sites] of builders) {
    const made = assembled.filter(({ place }) => place === path);
    expect(made.length).toBeGreaterThanOrEqual(sites);
  }
  expect(literals.length).toBeGreaterThan(150);
});

describe('the time of a regular expression grows with the text, never with its square', () => {
  test('as its grammar shows', () => {
    const found = patterns.flatMap(({ place, source, flags }) =>
      analyse({ source, flags }).reports.map(({ type }) => `${place} /${source}/${flags} ${type}`),
    );
    expect(found).toEqual([]);
  });

  test('with texts that are made for it', () => {
    const beaten = patterns.flatMap((pattern) => {
      const text = beatenBy(pattern);
      const { place, source, flags } = pattern;
      return text === undefined ? [] : [`${place} /${source}/${flags} ${text}`];
    });
    expect(beaten).toEqual([]);
  });

  test.each([
    ['/+$', ''],
    ['@.*[\\s,;|].*@', ''],
    ['(\\d{4}-\\d{2}-\\d{2})(?:[ T_](\\d{2})-(\\d{2})-(\\d{2}))?[^/\\\\]*$', ''],
    ['[\\r\\n]\\s*"?00u', ''],
    ['\\beyJ[A-Za-z0-9_-]{5,}(?:\\.[A-Za-z0-9_-]*){2,4}', ''],
    ['^(?:[^\\d]*[./_>[\\]:|$])?\\d+[./_>\\]:|]+(.+)$', 'u'],
  ])('/%s/%s would be found', (source, flags) => {
    // What grows with the square takes a quarter of the time for half of the text.
    const half = { times: 1, length: LENGTH / 2, mostMs: MOST_MS / 4 };
    expect(beatenBy({ source, flags }, half)).toBeDefined();
  });
});
