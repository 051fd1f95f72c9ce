// Whether a test notices a change. Only the tests that execute it run, the quick ones first.
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Loading a test file, and what it loads. */
const FILE_MS = 250;
const FRESH_PROCESS_MS = 20_000;
const LIMIT_FACTOR = 8;

/** Everything in the file: what its tests execute when they are loaded, or between them. */
function wholeFile({ file, tests }) {
  const testsMs = Object.values(tests).reduce((sum, { durationMs }) => sum + durationMs, 0);
  return { file, costMs: FILE_MS + testsMs, wanted: undefined };
}

const known = new Map();

/** The sources that a test file imports itself, whose constants it might read without executing anything of them. */
function importsOf(file) {
  if (!known.has(file)) {
    const paths = [...readFileSync(ROOT + file, 'utf8').matchAll(/from '(\.[^']+)'/g)];
    known.set(file, new Set(paths.map(([, path]) => posix.join(posix.dirname(file), path))));
  }
  return known.get(file);
}

/** The tests of a record that execute the mutant; `wanted` is undefined if all of the file can. */
function meeting(record, { file, index, loadedOnce, readBy }) {
  const tests = Object.entries(record.tests);
  if (loadedOnce) {
    const isRead = [file, ...readBy].some(
      (source) =>
        importsOf(record.file).has(source) ||
        source in record.met ||
        tests.some(([, { met }]) => source in met),
    );
    return isRead ? wholeFile(record) : undefined;
  }
  const isMet = (met) =>
    met[file] !== undefined && (record.changed.has(file) || met[file].includes(index));
  if (isMet(record.met)) return wholeFile(record);
  const chosen = tests.filter(([, { met }]) => isMet(met));
  if (chosen.length === 0) return undefined;
  const testsMs = chosen.reduce((sum, [, { durationMs }]) => sum + durationMs, 0);
  return { file: record.file, costMs: FILE_MS + testsMs, wanted: chosen.map(([id]) => id) };
}

function inOrder(records, mutant) {
  return records
    .map((record) => meeting(record, mutant))
    .filter((asked) => asked !== undefined)
    .sort((a, b) => a.costMs - b.costMs);
}

async function ask({ file, costMs, wanted }, mutant, tester, ownModules) {
  const limitMs = FRESH_PROCESS_MS + LIMIT_FACTOR * costMs;
  return tester.run({ path: ROOT + file, wanted, mutant, ownModules }, limitMs);
}

/** Met while a file was loaded, maybe: by the first test file that loads it, and by no later one in the same process. */
function isMetAtLoad(records, { file, index }) {
  return records.some(({ met, loaded = met }) => loaded[file]?.includes(index) === true);
}

/** A failure counts only if the same tests pass right after, without the change. */
async function isNoticed(asked, mutant, tester) {
  const ownModules = mutant.loadedOnce;
  const first = await ask(asked, mutant, tester, ownModules);
  if (first.failed === undefined) return undefined;
  const same = asked.wanted?.includes(first.failed) ? { ...asked, wanted: [first.failed] } : asked;
  const without = await ask(same, undefined, tester, ownModules);
  if (without.failed === undefined) return first;
  // What ran before it, or did not, might be the cause: run the whole file, in a process that has run nothing.
  const whole = { ...asked, wanted: undefined, costMs: Math.max(asked.costMs, 10_000) };
  tester.end();
  const again = await ask(whole, mutant, tester, ownModules);
  if (again.failed === undefined) return undefined;
  tester.end();
  const wholeWithout = await ask(whole, undefined, tester, ownModules);
  return wholeWithout.failed === undefined ? again : undefined;
}

/**
 * Returns `killed` with the test file and test, `timeout` where it hangs, `unmet` where no test executes the line, else
 * `survived` with the number of test files that were asked, and of those the budget left no time for.
 */
export async function verdictOn(found, { records, tester, budgetMs }) {
  const mutant = { ...found, loadedOnce: found.loadedOnce || isMetAtLoad(records, found) };
  const order = inOrder(records, mutant);
  if (order.length === 0) return { kind: 'unmet' };
  let spentMs = 0;
  let asked = 0;
  for (const tests of order) {
    if (asked > 0 && spentMs + tests.costMs > budgetMs) break;
    asked += 1;
    spentMs += tests.costMs;
    const noticed = await isNoticed(tests, mutant, tester);
    if (noticed === undefined) continue;
    const kind = noticed.timedOut ? 'timeout' : 'killed';
    return { kind, file: tests.file, test: noticed.failed };
  }
  return { kind: 'survived', asked, left: order.length - asked };
}
