// How Node loads the tests and what they test: TypeScript by swc; a test's own modules once for each test file, all others
// once for a worker, unless the test file asks for its own (`own`).
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import { compilerOptions } from './jest-typescript.js';

const ROOT = new URL('../', import.meta.url).href;
const TESTS = `${ROOT}test/`;
const LIBRARIES = `${ROOT}node_modules/`;
/** Coverage is counted by them; stacks have theirs from jest-typescript.js. */
const SOURCE_MAPS = process.env.NODE_V8_COVERAGE === undefined ? false : 'inline';
const GLOBALS = new URL('./jest-globals.js', import.meta.url).href;

function isOwn(url, { searchParams }) {
  if (searchParams.has('own')) return url.startsWith(ROOT) && !url.startsWith(LIBRARIES);
  return searchParams.has('file') && url.startsWith(TESTS);
}

export async function resolve(specifier, context, nextResolve) {
  const parent = new URL(context.parentURL ?? ROOT);
  if (specifier === '@jest/globals') return { url: GLOBALS + parent.search, shortCircuit: true };
  const resolved = await nextResolve(specifier, context);
  return isOwn(resolved.url, parent)
    ? { ...resolved, url: resolved.url + parent.search }
    : resolved;
}

/**
 * The compiler, for tests that read the sources: Node would look through its 9 MB for the names that it exports, which takes
 * longer than to load it, and only the default is asked for.
 */
const COMPILER = new URL('typescript/lib/typescript.js', LIBRARIES).href;
const COMPILER_LOADED = `import { createRequire } from 'node:module';
export default createRequire(import.meta.url)('typescript');`;

export async function load(url, context, nextLoad) {
  if (url === COMPILER) return { format: 'module', source: COMPILER_LOADED, shortCircuit: true };
  const { pathname } = new URL(url);
  if (!/\.tsx?$/.test(pathname)) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  return compiled(await readFile(filename, 'utf8'), filename);
}

/** Read by scripts/mutate/hooks.mjs. */
export async function compiled(source, filename) {
  const { code } = await transform(source, compilerOptions(filename, SOURCE_MAPS));
  return { format: 'module', source: askedOnce(code), shortCircuit: true };
}

/** Each `import()` asks this thread, even for what is loaded already: a module asks once for each name. */
function askedOnce(code) {
  const asked = code.replace(
    /(?<![.\w])import\(('[^'\n]*'|"[^"\n]*")\)/g,
    '(imported[$1] ??= import($1))',
  );
  return asked === code ? code : `const imported = {}; ${asked}`;
}
