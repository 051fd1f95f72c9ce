// What each test meets of the sources, and how long it takes: found out once, kept below node_modules/ until the test file
// or a source that it meets has changed.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = `${ROOT}node_modules/.cache/mutate/`;
const LIMIT_MS = 300_000;
/** A browser runs the bundle, which has no change in it. */
const LEFT_OUT = /^test\/browser\//;

function digestOf(file) {
  try {
    return createHash('sha256')
      .update(readFileSync(ROOT + file))
      .digest('hex')
      .slice(0, 16);
  } catch {
    return 'missing';
  }
}

/** The test files that may notice a change: those of the room, and all others. */
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
  const isFresh = Object.entries(kept.digests).every(([path, digest]) => digestOf(path) === digest);
  return isFresh ? kept : undefined;
}

function sourcesOf({ met, tests }) {
  return new Set([met, ...Object.values(tests).map((test) => test.met)].flatMap(Object.keys));
}

async function recordOf(file, tester) {
  const answer = await tester.run({ path: ROOT + file }, LIMIT_MS);
  const { failed, tests, met, durationMs } = answer;
  if (failed !== undefined) {
    tester.end();
    return { file, failed, tests: {}, met: {}, digests: { [file]: digestOf(file) } };
  }
  const digests = {};
  for (const path of [file, ...sourcesOf(answer)]) digests[path] = digestOf(path);
  return { file, tests, met, durationMs, digests };
}

/** The record of one test file; `failed` where it does not pass by itself, and can tell nothing. */
export async function readRecord(file, tester) {
  const kept = keptRecord(file);
  if (kept !== undefined && kept.failed === undefined) return kept;
  const record = await recordOf(file, tester);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(FOLDER + encodeURIComponent(file), JSON.stringify(record));
  return record;
}
