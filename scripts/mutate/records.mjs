// What each test executes of the sources, and how long it takes: found out once, kept below node_modules/ until the test
// file has changed. A source that has changed since then counts as executed everywhere by the tests that executed any of it.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = `${ROOT}node_modules/.cache/mutate/`;
const LIMIT_MS = 300_000;
/** A browser runs the bundle, which has no change in it. */
const LEFT_OUT = /^test\/browser\//;

const known = new Map();

/** Only of the code, because other comments and line breaks make no difference to what a test executes. */
function digestOf(file) {
  if (!known.has(file)) known.set(file, freshDigestOf(file));
  return known.get(file);
}

function freshDigestOf(file) {
  let source;
  try {
    source = readFileSync(ROOT + file, 'utf8');
  } catch {
    return 'missing';
  }
  const options = { removeComments: true, target: 'es2023', module: 'esnext', jsx: 'preserve' };
  const { outputText } = ts.transpileModule(source, { compilerOptions: options, fileName: file });
  return createHash('sha256').update(outputText).digest('hex').slice(0, 16);
}

/** The test files that might notice a change: those of the room, and all others. */
export function testFiles(room) {
  const own = `test/${room}/`;
  const all = readdirSync(`${ROOT}test`, { recursive: true })
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((file) => /\.test\.tsx?$/.test(file) && !LEFT_OUT.test(file))
    .sort();
  return {
    own: all.filter((file) => file.startsWith(own)),
    others: all.filter((file) => !file.startsWith(own)),
  };
}

function keptRecord(file) {
  let kept;
  try {
    kept = JSON.parse(readFileSync(FOLDER + encodeURIComponent(file), 'utf8'));
  } catch {
    return undefined;
  }
  if (kept.failed !== undefined || kept.digests[file] !== digestOf(file)) return undefined;
  const sources = Object.entries(kept.digests).filter(([path]) => path !== file);
  if (sources.some(([path]) => digestOf(path) === 'missing')) return undefined;
  const changed = sources.filter(([path, digest]) => digestOf(path) !== digest);
  return { ...kept, changed: new Set(changed.map(([path]) => path)) };
}

function sourcesOf({ met, tests }) {
  return new Set([met, ...Object.values(tests).map((test) => test.met)].flatMap(Object.keys));
}

async function recordOf(file, tester) {
  const answer = await tester.run({ path: ROOT + file }, LIMIT_MS);
  const { failed, tests, met, loaded, durationMs } = answer;
  if (failed !== undefined) {
    tester.end();
    return { file, failed, tests: {}, met: {}, digests: { [file]: digestOf(file) } };
  }
  const digests = {};
  for (const path of [file, ...sourcesOf(answer)]) digests[path] = digestOf(path);
  return { file, tests, met, loaded, durationMs, digests, changed: new Set() };
}

/** The record of one test file. `failed` if it does not pass by itself, and so cannot show anything. */
export async function readRecord(file, tester) {
  const kept = keptRecord(file);
  if (kept !== undefined) return kept;
  const record = await recordOf(file, tester);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(
    FOLDER + encodeURIComponent(file),
    JSON.stringify({ ...record, changed: undefined }),
  );
  return record;
}
