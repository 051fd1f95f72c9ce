// What makes JavaScript of TypeScript for the tests, and where a line of it stood.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MAPS = fileURLToPath(new URL('../node_modules/.cache/jest-maps/', import.meta.url));

/** How swc compiles a file; `sourceMaps` as swc takes it. */
export const compilerOptions = (filename, sourceMaps) => ({
  filename,
  swcrc: false,
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', tsx: filename.endsWith('x') },
    transform: { react: { runtime: 'automatic', importSource: 'preact' } },
  },
  module: { type: 'es6' },
  sourceMaps,
  inlineSourcesContent: false,
});

const maps = new Map();

/**
 * The path of the source map of a loaded module; undefined if it is not TypeScript. Only stacks of errors ask for one, and
 * most modules are in none: a map is made when it is asked for.
 */
export function sourceMapOf(url) {
  if (!/^file:.*\.tsx?(\?|$)/.test(url)) return undefined;
  const path = fileURLToPath(url);
  const known = maps.get(path);
  if (known !== undefined) return known;
  const { map } = transformSync(readFileSync(path, 'utf8'), compilerOptions(path, true));
  mkdirSync(MAPS, { recursive: true });
  const place = `${MAPS}${encodeURIComponent(relative(ROOT, path))}.map`;
  writeFileSync(place, map);
  maps.set(path, place);
  return place;
}
