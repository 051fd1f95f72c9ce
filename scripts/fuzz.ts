// The fuzzer of test/fuzz over many more cases: npm run fuzz -- [--cases 100000] [--seed 1]. Prints what went wrong as it
// is found; exit code 1 if anything did.
import { parseArgs } from 'node:util';
import { closeStages } from '../test/integration/rig.ts';
import { fuzzAnswers, startNonsense } from '../test/fuzz/answers.ts';
import { fuzzFile } from '../test/fuzz/files.ts';
import { fuzzFolder } from '../test/fuzz/folders.ts';
import { fuzzGround } from '../test/fuzz/ground.ts';
import { fileSamples } from '../test/fuzz/samples.ts';

/** A case that has not ended after this time hangs, however busy the machine is. */
const HANGS_MS = 300_000;
/** CPU time that a case can take, because inputs are small. */
const MOST_CPU_MS = 3000;

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
});
const cases = Number(values.cases);
const first = Number(values.seed);

const s = await fuzzGround();
const nonsense = await startNonsense();
const samples = await fileSamples();
let wrong = 0;
const tell = (problem: string) => {
  wrong += 1;
  console.log(problem);
};
// Of each hundred, eight damage a folder and two call an org that answers nonsense, because these take the longest.
for (let seed = first; seed < first + cases; seed += 1) {
  const kind = seed % 100;
  const watch = setTimeout(() => tell(`seed ${seed}: hangs`), HANGS_MS);
  const before = process.cpuUsage();
  const problem =
    kind < 8
      ? await fuzzFolder(seed, s)
      : kind < 10
        ? await fuzzAnswers(seed, s, nonsense)
        : await fuzzFile(seed, samples);
  clearTimeout(watch);
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000;
  if (cpuMs > MOST_CPU_MS) tell(`seed ${seed}: took ${Math.round(cpuMs)} ms of CPU`);
  if (problem !== undefined) tell(problem);
  if ((seed + 1 - first) % 10_000 === 0) console.log(`${seed + 1 - first} of ${cases}`);
}
await nonsense.close();
await closeStages();
console.log(`${cases} cases from seed ${first}: ${wrong} wrong`);
process.exitCode = wrong === 0 ? 0 : 1;
