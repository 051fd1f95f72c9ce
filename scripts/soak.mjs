// Kills the real command at random moments over a network that loses answers, resumes it until it is done, and counts on
// the org's side who was reset twice or not at all. Exit code 1 if anybody was.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { buildShim, failing, failures } from './failing-disk/failing-disk.mjs';
import { soakChain } from './soak/chain.mjs';
import { ACTIONS, BESIDE } from './soak/actions.mjs';
import { openGround } from './soak/ground.mjs';
import { startFuzz } from './soak/fuzz.mjs';
import { chance, command, diskFault, expectOk } from './soak/process.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    faults: { type: 'string', default: '5000' },
    disk: { type: 'string', default: '200' },
    chains: { type: 'string', default: '20' },
    fuzz: { type: 'string', default: '100000' },
    users: { type: 'string', default: '400' },
    lanes: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '45' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(
    'npm run soak -- [--kills 300] [--faults 5000] [--disk 200] [--chains 20] [--fuzz 100000] [--users 400] [--lanes 3] [--minutes 45] [--seed 1]',
  );
  process.exit(0);
}
/** Makes the calls of a process on its files fail; where the machine has no C compiler, the disk stays sound. */
const shim = buildShim();
const wanted = {
  kills: Number(values.kills),
  faults: Number(values.faults),
  disk: shim === undefined ? 0 : Number(values.disk),
  chains: Number(values.chains),
};
const users = Number(values.users);
const endMs = performance.now() + Number(values.minutes) * 60_000;

/** Answers lost of writes: 17 in 100, some of which act later. Beside them refusals, outages, limits and garbage; reads suffer and lag too. */
const CHAOS = [
  'writes:reset-before=3%,writes:reset-after=5%,writes:cut-body=3%,writes:stall-headers=1%,writes:stall-before=1%',
  'writes:html-504-late=1%@2s,writes:reset-late=1%@5s,writes:html-504-late=1%@15s,writes:stall-late=1%@40s',
  'writes:garbage-protocol=1%',
  'writes:500=2%,writes:html-502=2%,writes:503-after=1%,writes:garbage=1%,writes:refuse=0.5%,writes:429-window=1%',
  'writes:429-concurrency=0.5%,writes:duplicate-headers=1%,writes:malformed-headers=1%,writes:half-open=0.5%',
  'reads:reset=4%,reads:html-502=3%,reads:500=2%,reads:cut-body=2%,reads:stall=0.5%,reads:garbage=1%',
  'reads:lag-user=10%@8s',
].join(',');
const MIX = { statuses: { ACTIVE: 8, PASSWORD_EXPIRED: 1, LOCKED_OUT: 1 }, providers: { OKTA: 1 } };
const KILLS_PER_RUN = 12;
const DISKS_PER_RUN = 12;
const MOST_SITTINGS = 60;
const LONGEST_MS = 4000;

const tally = {
  runs: 0,
  sittings: 0,
  kills: 0,
  disk: 0,
  hung: 0,
  chains: 0,
  reruns: 0,
  twicePressed: 0,
  users: 0,
  actions: {},
  lost: 0,
  twice: 0,
  wrong: 0,
};
const faults = {};
const diskFaults = {};
const outcomes = {};
const problems = [];
let faultCount = 0;

const tell = (problem) => problems.push(problem);

/** Takes down what a network did to the calls. */
function onFaults(counts) {
  for (const [kind, count] of Object.entries(counts)) {
    faults[kind] = (faults[kind] ?? 0) + count;
    faultCount += count;
  }
}

/** One run from plan to end: the actions take turns. Of temporary passwords the last one issued must open. */
async function soakRun(number) {
  const seed = Number(values.seed) * 10_000 + number;
  const random = chance(seed);
  // Every fourth number is a chain's.
  const action = ACTIONS[Math.floor((number * 3) / 4) % ACTIONS.length];
  const { name, statuses } = action;
  const passwords = name === 'temp-password';
  const flags = [
    ...(passwords ? [] : ['--action', name]),
    ...(name.endsWith('-password') && seed % 2 === 0 ? BESIDE : []),
  ];
  const mix = { ...MIX, statuses };
  const ground = await openGround({ users, seed, mix, chaos: CHAOS, passwords, flags });
  tally.actions[name] = (tally.actions[name] ?? 0) + 1;
  const { dir, org, around, targets } = ground;
  try {
    await ground.plan();
    const consent = ['--yes', '--max-users', String(users), '--max-failures', '100%'];
    const pace = ['--timeout', '20s', '--max-retries', '12', '-q'];
    let kills = 0;
    let brokenDisks = 0;
    let ended;
    for (let sitting = 1; ; sitting += 1) {
      // Every other process meets a disk that fails, in the place of a kill.
      const fault =
        shim !== undefined && sitting % 2 === 0 && brokenDisks < DISKS_PER_RUN
          ? diskFault(random)
          : undefined;
      const killAfterMs =
        fault === undefined && kills < KILLS_PER_RUN ? 150 + random() * LONGEST_MS : undefined;
      const log = join(dir, `failures-${sitting}`);
      const disk = fault === undefined ? {} : failing(shim, fault, log);
      ended = await command(['run', '--plan', 'run', ...consent, ...pace], {
        ...around,
        env: { ...around.env, ...disk },
        killAfterMs,
      });
      tally.sittings += 1;
      if (fault !== undefined && failures(log) > 0) {
        brokenDisks += 1;
        tally.disk += 1;
        const name = `${fault.file} ${fault.call}`;
        diskFaults[name] = (diskFaults[name] ?? 0) + 1;
      }
      if (ended.hung) {
        tally.hung += 1;
        problems.push(`run ${number}: hung (${JSON.stringify(fault ?? 'no disk fault')})`);
      }
      if (ended.killed) {
        kills += 1;
        tally.kills += 1;
      } else if (ended.code === 0 || ended.code === 4) break;
      if (ended.code !== 7 && !ended.killed)
        problems.push(`run ${number}: exit ${ended.code}: ${ended.stderr.slice(-500)}`);
      if (sitting >= MOST_SITTINGS) {
        problems.push(`run ${number}: not done after ${sitting} sittings`);
        break;
      }
    }
    await judge({ number, dir, org, targets, action, around });
  } finally {
    onFaults(org.stats().faults);
    tally.runs += 1;
    await ground.close();
  }
}

/** Compares what the report says with what the org did. */
async function judge({ number, dir, org, targets, action, around }) {
  const passwords = action.name === 'temp-password';
  const rows = parse(await readFile(join(dir, 'run', 'results.csv')), { columns: true, bom: true });
  const opened = new Map();
  if (passwords) {
    const { stdout } = await expectOk(['secrets', 'open', 'run', '--identity', 'key.txt'], around);
    for (const { id, secret } of parse(stdout, { columns: true })) opened.set(id, secret);
  }
  const byUser = new Map(rows.map((row) => [row._user_id, row]));
  if (rows.length !== targets.length || byUser.size !== rows.length)
    problems.push(`run ${number}: ${rows.length} rows for ${targets.length} users`);
  for (const { id } of targets) {
    tally.users += 1;
    const outcome = byUser.get(id)?._outcome ?? 'missing';
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    const effects = org.effects(id);
    const { tempPasswords } = effects;
    if (passwords) {
      const current = org.currentTempPassword(id);
      if (current === undefined || tempPasswords === 0) tally.lost += 1;
      else if (outcome === 'succeeded' && opened.get(id) !== current) {
        tally.wrong += 1;
        problems.push(`run ${number}: the password kept for ${id} is not the last one issued`);
      }
      continue;
    }
    const times = action.done(effects, org.user(id));
    if (times === 0 && outcome !== 'unknown') tally.lost += 1;
    if (times > 1 && action.harmless !== true) tally.twice += 1;
    const said = outcome === 'succeeded';
    if (said !== times > 0 && outcome !== 'unknown') {
      tally.wrong += 1;
      problems.push(
        `run ${number}: ${action.name}: ${id} is said ${outcome}, and it was done ${times} times`,
      );
    }
  }
}

let next = 0;
const enough = () =>
  tally.kills >= wanted.kills &&
  faultCount >= wanted.faults &&
  tally.disk >= wanted.disk &&
  tally.chains >= wanted.chains;
async function lane() {
  while (!enough() && performance.now() < endMs) {
    const number = next;
    next += 1;
    // Every fourth is a chain of reruns, for as long as more of them are wanted.
    const isChain = number % 4 === 3 && tally.chains < wanted.chains;
    const chain = { number, seed: Number(values.seed), chaos: CHAOS, mix: MIX, tally };
    await (isChain ? soakChain({ ...chain, onFaults, tell }) : soakRun(number)).catch((error) =>
      tell(`run ${number}: ${error.stack}`),
    );
    process.stderr.write(
      `run ${number}: ${tally.kills} kills, ${faultCount} faults, ${tally.users} users, lost ${tally.lost}, twice ${tally.twice}\n`,
    );
  }
}
const fuzz = startFuzz(Number(values.fuzz), Number(values.seed), tell);
await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
const fuzzed = await fuzz;

const line = (counts) =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
console.log(`runs      ${tally.runs} (${tally.sittings} sittings)`);
console.log(`actions   ${line(tally.actions)}`);
console.log(`kills     ${tally.kills}`);
console.log(
  shim === undefined
    ? 'disk      skipped: no C compiler, or not Linux'
    : `disk      ${tally.disk}: ${line(diskFaults)}`,
);
console.log(
  `chains    ${tally.chains} (${tally.reruns} reruns, ${tally.twicePressed} of them pressed twice at once)`,
);
console.log(`fuzz      ${fuzzed}`);
console.log(`hung      ${tally.hung}`);
console.log(`faults    ${faultCount}: ${line(faults)}`);
console.log(`users     ${tally.users}: ${line(outcomes)}`);
console.log(`lost      ${tally.lost}`);
console.log(`twice     ${tally.twice}`);
console.log(
  `wrong     ${tally.wrong} (the report says otherwise than the org, or a password does not open)`,
);
const shown = new Map();
for (const problem of problems) {
  // Three of each run: one cause brings many.
  const of = problem.split(':')[0];
  shown.set(of, (shown.get(of) ?? 0) + 1);
  if (shown.get(of) <= 3) console.log(`! ${problem}`);
}
const bad = tally.lost + tally.twice + tally.wrong + tally.hung + problems.length > 0;
process.exitCode = bad || !enough() ? 1 : 0;
