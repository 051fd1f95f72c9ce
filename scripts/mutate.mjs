// npm run mutate -- ROOM [--sample N] [--seed S] [--at FILE[:LINE]] [--testers N] [--budget SECONDS] [--own | --tests PATH]
// Changes one thing of a room's sources at a time and tells which changes no test notices. See CONTRIBUTING.md.
import { parseArgs } from 'node:util';
import prepareTests from './jest-before-all.js';
import { readRecord, testFiles } from './mutate/records.mjs';
import { mutantsOf, sampleOf } from './mutate/sample.mjs';
import { Tester, readConfigs } from './mutate/testers.mjs';
import { verdictOn } from './mutate/verdict.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    at: { type: 'string', multiple: true, default: [] },
    testers: { type: 'string', default: '2' },
    budget: { type: 'string', default: '60' },
    own: { type: 'boolean', default: false },
    tests: { type: 'string', multiple: true, default: ['test/'] },
  },
});
const [room] = positionals;
if (room === undefined) {
  console.error('Name a room, a folder of src/: npm run mutate -- engine');
  process.exit(2);
}

function chosenMutants() {
  const all = mutantsOf(room);
  const isAt = ({ file, line }) =>
    values.at.some((at) => [file, `${file}:${line}`].some((place) => place.endsWith(at)));
  if (values.at.length > 0) return all.filter(isAt);
  return sampleOf(all, Number(values.sample), Number(values.seed));
}

prepareTests();
const configs = readConfigs();
const testers = Array.from({ length: Number(values.testers) }, () => new Tester(configs));

/** Runs `work` on each of `all`, in as many processes as there are. */
async function withTesters(all, work) {
  const results = [];
  const waiting = [...all.entries()];
  await Promise.all(
    testers.map(async (tester) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [position, one] = next;
        results[position] = await work(one, tester);
      }
    }),
  );
  return results;
}

const WORDS = {
  killed: ({ file, test }) => `noticed by ${file}: ${test}`,
  timeout: ({ file }) => `hangs ${file}`,
  unmet: () => 'no test executes it',
  survived: ({ asked, left }) =>
    `not noticed by ${asked} test files${left > 0 ? `; no time for ${left} more` : ''}`,
};

function told({ file, line, change }) {
  return `${file}:${line} ${change}`;
}

async function recordsOf(files) {
  return withTesters(files, async (file, tester) => {
    const record = await readRecord(file, tester);
    const { failed } = record;
    if (failed !== undefined) console.log(`left out, fails by itself: ${file}: ${failed}`);
    return record;
  });
}

const NOTICED = new Set(['killed', 'timeout']);
const budgetMs = Number(values.budget) * 1000;

/** Runs the tests of `files` for the mutants that nothing has noticed yet. */
async function judge(verdicts, files, isOwn) {
  const left = verdicts.filter(({ kind }) => !NOTICED.has(kind));
  if (left.length === 0) return;
  const records = await recordsOf(files);
  await withTesters(left, async (verdict, tester) => {
    const found = await verdictOn(verdict.mutant, { records, tester, budgetMs });
    const asked = (verdict.asked ?? 0) + (found.asked ?? 0);
    Object.assign(verdict, found, {
      isOwn,
      asked,
      kind: asked > 0 && found.kind === 'unmet' ? 'survived' : found.kind,
    });
    console.log(`${told(verdict.mutant)}\n  ${WORDS[verdict.kind](verdict)}`);
  });
}

const verdicts = chosenMutants().map((mutant) => ({ mutant, kind: 'unmet' }));
const { own, others } = testFiles(room);
await judge(verdicts, own, true);
const asked = others.filter((file) => values.tests.some((path) => file.startsWith(path)));
if (!values.own) await judge(verdicts, asked, false);
for (const tester of testers) tester.end();

const noticed = verdicts.filter(({ kind }) => NOTICED.has(kind));
const survived = verdicts.filter(({ kind }) => !NOTICED.has(kind));
const count = (matches) => noticed.filter(matches).length;
for (const { mutant, ...verdict } of survived)
  console.log(`SURVIVED ${told(mutant)}: ${WORDS[verdict.kind](verdict)}`);
console.log(
  `${room}, seed ${values.seed}: ${verdicts.length} changes; noticed by own tests ${count(({ isOwn }) => isOwn)},` +
    ` by others ${count(({ isOwn }) => !isOwn)} (${count(({ kind }) => kind === 'timeout')} by time); survived ${survived.length}`,
);
