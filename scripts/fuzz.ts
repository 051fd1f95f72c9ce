// The fuzzer of test/fuzz over many more cases: npm run fuzz -- [--cases 100000] [--seed 1]. Exit code 1 if any went wrong.
import { parseArgs } from 'node:util';
import { closeStages, PLAIN, stage } from '../test/integration/rig.ts';
import { fuzzAnswers, startNonsense } from '../test/fuzz/answers.ts';
import { fuzzFile } from '../test/fuzz/files.ts';
import { fuzzFolder } from '../test/fuzz/folders.ts';
import { fileSamples } from '../test/fuzz/samples.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
});
const cases = Number(values.cases);
const first = Number(values.seed);

const s = await stage({ users: 8, mix: PLAIN });
await s.rockstar();
await s.run(['run', '--file', 'users.csv', '--out', 'done', '--yes', '--max-users', '20']);
const nonsense = await startNonsense();
const samples = await fileSamples();
const problems: string[] = [];
// Of each hundred, eight damage a folder and two ask an org that answers nonsense: these take the longest.
for (let seed = first; seed < first + cases; seed += 1) {
  const kind = seed % 100;
  const problem =
    kind < 8
      ? await fuzzFolder(seed, s, 'done')
      : kind < 10
        ? await fuzzAnswers(seed, s, nonsense)
        : await fuzzFile(seed, samples);
  if (problem !== undefined) problems.push(problem);
}
await nonsense.close();
await closeStages();
console.log(`${cases} cases from seed ${first}: ${problems.length} wrong`);
for (const problem of problems.slice(0, 20)) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
