// Kills the real command at random moments over a network that loses answers, resumes it until it is done, and counts on
// the org's side who was acted on twice or not at all, for each action. Exit code 1 if anybody was.
import { parseArgs } from 'node:util';
import { buildShim } from './failing-disk/failing-disk.mjs';
import { ACTIONS } from './soak/actions.mjs';
import { soakChain } from './soak/chain.mjs';
import { startFuzz } from './soak/fuzz.mjs';
import { soakRun } from './soak/run.mjs';
import { line, Tally } from './soak/tally.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    faults: { type: 'string', default: '5000' },
    disk: { type: 'string', default: '200' },
    chains: { type: 'string', default: '20' },
    fuzz: { type: 'string', default: '100000' },
    users: { type: 'string', default: '400' },
    actions: { type: 'string', default: ACTIONS.map(({ name }) => name).join(',') },
    lanes: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '45' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(
    'npm run soak -- [--kills 300] [--faults 5000] [--disk 200] [--chains 20] [--fuzz 100000] [--users 400] [--actions NAME,…] [--lanes 3] [--minutes 45] [--seed 1]',
  );
  process.exit(0);
}
const names = values.actions.split(',');
const actions = ACTIONS.filter(({ name }) => names.includes(name));
if (actions.length !== names.length) {
  console.error(`--actions: of ${ACTIONS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
/** Makes the calls of a process on its files fail. If the machine has no C compiler, the disk stays intact. */
const shim = buildShim();
const wanted = {
  kills: Number(values.kills),
  faults: Number(values.faults),
  disk: shim === undefined ? 0 : Number(values.disk),
  chains: Number(values.chains),
};
const seed = Number(values.seed);
const users = Number(values.users);
const endMs = performance.now() + Number(values.minutes) * 60_000;
const tally = new Tally();
let numbers = 0;
let runs = 0;
let chains = 0;

/** This share of all, and a run of each action. */
function enough() {
  const total = tally.total();
  return (
    Object.entries(wanted).every(([name, count]) => total[name] >= count) &&
    actions.every(({ name }) => tally.of(name).runs > 0)
  );
}

/** Every fourth is a chain of reruns, while more of them are wanted. The actions take turns in both. */
function next() {
  const number = numbers++;
  if (number % 4 === 3 && chains < wanted.chains) {
    const action = actions[chains++ % actions.length];
    return soakChain({ number, seed, action, tally });
  }
  const action = actions[runs++ % actions.length];
  return soakRun({ number, seed, action, users, shim, tally });
}

async function lane() {
  while (!enough() && performance.now() < endMs) {
    const number = numbers;
    await next().catch((error) => tally.tell(`run ${number}: ${error.stack}`));
    const { kills, faults, lost, twice, wrong, users: seen } = tally.total();
    process.stderr.write(
      `run ${number}: ${kills} kills, ${faults} faults, ${seen} users, lost ${lost}, twice ${twice}, wrong ${wrong}\n`,
    );
  }
}
const fuzz = startFuzz(Number(values.fuzz), seed, (problem) => tally.tell(problem));
await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
const fuzzed = await fuzz;

const { lost, twice, wrong, hung } = tally.total();
for (const each of tally.table()) console.log(each);
console.log('');
console.log(`faults    ${line(tally.faults)}`);
console.log(
  shim === undefined
    ? 'disk      skipped: no C compiler, or not Linux'
    : `disk      ${line(tally.diskFaults)}`,
);
console.log(`outcomes  ${line(tally.outcomes)}`);
console.log(`followup  ${line(tally.followup)}`);
console.log(`fuzz      ${fuzzed}`);
console.log(`lost ${lost}, twice ${twice}, hung ${hung}`);
console.log(
  `wrong ${wrong} (a report or follow-up says otherwise than the org, or a password does not open)`,
);
for (const problem of tally.shownProblems()) console.log(`! ${problem}`);
const bad = lost + twice + wrong + hung + tally.problems.length > 0;
process.exitCode = bad || !enough() ? 1 : 0;
