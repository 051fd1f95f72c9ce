// How Node loads sources with their changes: before the hooks of the tests, which do the rest. What was compiled once is
// kept for the tests that load it again.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiled } from '../jest-typescript-hooks.js';
import { switchedSource } from './mutants.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = `${ROOT}node_modules/.cache/mutate/compiled/`;
const TOOL = ['./operators.mjs', './mutants.mjs']
  .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
  .join('');
const known = new Map();

/** What was compiled stays for the next process, under a name that says what it is. */
async function kept(file, source, compile) {
  const digest = createHash('sha256').update(TOOL).update(file).update(source).digest('hex');
  const place = `${FOLDER}${digest}.js`;
  try {
    return { format: 'module', source: await readFile(place, 'utf8'), shortCircuit: true };
  } catch {
    const module = await compile();
    await mkdir(FOLDER, { recursive: true });
    await writeFile(`${place}.${process.pid}`, module.source);
    await rename(`${place}.${process.pid}`, place);
    return module;
  }
}

async function moduleOf(path) {
  const source = await readFile(path, 'utf8');
  const file = relative(ROOT, path);
  return kept(file, source, () =>
    compiled(file.startsWith('src/') ? switchedSource(file, source).code : source, path),
  );
}

export async function load(url, context, nextLoad) {
  const { pathname } = new URL(url);
  if (!/\.tsx?$/.test(pathname)) return nextLoad(url, context);
  const path = fileURLToPath(url);
  if (!known.has(path)) known.set(path, moduleOf(path));
  return known.get(path);
}
