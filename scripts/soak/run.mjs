// One run of an action from plan to end: killed, hit by failing disks, and continued, in the terminal and in the console.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { failing, failures } from '../failing-disk/failing-disk.mjs';
import { times } from './actions.mjs';
import { inConsole } from './console.mjs';
import { openGround, PACE, PACE_FLAGS } from './ground.mjs';
import { chance } from '../chance.mjs';
import { command, diskFault, expectOk } from './process.mjs';
import { add } from './tally.mjs';

const KILLS_PER_RUN = 12;
const DISKS_PER_RUN = 12;
const MOST_INVOCATIONS = 60;
const LONGEST_MS = 4000;
/** The console lists the runs that are there. */
const RUN = 'reports/run';

/**
 * What happens to the next process. Every other one, beginning with the first, has a disk that fails instead of a kill.
 * Every second one of the rest is a console.
 */
function fateOf(invocation, { random, shim, kills, disks }) {
  const delayMs = 150 + random() * LONGEST_MS;
  const isDisk = shim !== undefined && invocation % 2 === 1 && disks < DISKS_PER_RUN;
  return {
    fault: isDisk ? diskFault(random) : undefined,
    killAfterMs: !isDisk && kills < KILLS_PER_RUN ? delayMs : undefined,
    console: !isDisk && invocation % 4 === 2,
  };
}

async function invoke(invocation, fate, { around, shim, users, tell }) {
  if (fate.console) {
    const flags = Object.fromEntries(
      Object.entries({ ...PACE, 'max-failures': '100%' }).map(([name, value]) => [name, [value]]),
    );
    const ended = await inConsole('run', { around, flags, killAfterMs: fate.killAfterMs });
    if (ended.error !== undefined) tell(`console: ${ended.error.stack}`);
    if (ended.refused !== undefined && ended.refused.code !== 'ORG_UNREACHABLE')
      tell(`console: refused: ${JSON.stringify(ended.refused)}`);
    return ended;
  }
  const log = join(around.dir, `failures-${invocation}`);
  const disk = fate.fault === undefined ? {} : failing(shim, fate.fault, log);
  const consent = ['--yes', '--max-users', String(users), '--max-failures', '100%'];
  const ended = await command(['run', '--plan', RUN, ...consent, ...PACE_FLAGS], {
    dir: around.dir,
    env: { ...around.env, ...disk },
    killAfterMs: fate.killAfterMs,
  });
  return { ...ended, brokeDisk: fate.fault !== undefined && failures(log) > 0 };
}

/** Starts one process after the other until the run is done. */
async function play(action, { around, random, shim, users, tally, tell }) {
  const counts = tally.of(action.name);
  let kills = 0;
  let disks = 0;
  for (let invocation = 1; ; invocation += 1) {
    const fate = fateOf(invocation, { random, shim, kills, disks });
    const ended = await invoke(invocation, fate, { around, shim, users, tell });
    counts.invocations += 1;
    if (ended.begun) counts.consoles += 1;
    if (ended.brokeDisk) {
      disks += 1;
      counts.disk += 1;
      add(tally.diskFaults, { [`${fate.fault.file} ${fate.fault.call}`]: 1 });
    }
    if (ended.hung) {
      counts.hung += 1;
      tell(`hung (${JSON.stringify(fate)}): ${ended.stderr.slice(-500)}`);
    }
    if (ended.killed) {
      kills += 1;
      counts.kills += 1;
      if (fate.console) counts.consoleKills += 1;
    } else if (ended.code === 0 || ended.code === 4) return;
    else if (ended.code !== 7) tell(`exit ${ended.code}: ${ended.stderr.slice(-500)}`);
    if (invocation >= MOST_INVOCATIONS) {
      tell(`not done after ${invocation} invocations`);
      return;
    }
  }
}

/** Compares what the report says with what the org did. */
async function judge(action, { dir, org, targets, around, tally, tell }) {
  const counts = tally.of(action.name);
  const rows = parse(await readFile(join(dir, RUN, 'results.csv')), { columns: true, bom: true });
  const byUser = new Map(rows.map((row) => [row._user_id, row._outcome]));
  if (rows.length !== targets.length || byUser.size !== rows.length)
    tell(`${rows.length} rows for ${targets.length} users`);
  const opened = new Map();
  const isSealed = action.name === 'temp-password';
  if (isSealed) {
    const { stdout } = await expectOk(['secrets', 'open', RUN, '--identity', 'key.txt'], around);
    for (const { id, secret } of parse(stdout, { columns: true })) opened.set(id, secret);
  }
  for (const { id } of targets) {
    const outcome = byUser.get(id) ?? 'missing';
    const done = times(action, org, id);
    counts.users += 1;
    add(tally.outcomes, { [outcome]: 1 });
    if (done === 0 && outcome !== 'unknown') counts.lost += 1;
    // A temporary password that nobody could read is issued again, and the last one must be the one that is kept.
    if (done > 1 && action.harmless !== true && !isSealed) counts.twice += 1;
    const isWrong = isSealed
      ? outcome === 'succeeded' && opened.get(id) !== org.currentTempPassword(id)
      : (outcome === 'succeeded') !== done > 0 && outcome !== 'unknown';
    if (!isWrong) continue;
    counts.wrong += 1;
    tell(
      isSealed
        ? `the password kept for ${id} is not the last one issued`
        : `${id} is said ${outcome}, and it was done ${done} times`,
    );
  }
}

/** One run from plan to end. */
export async function soakRun({ number, seed, action, users, shim, tally }) {
  const own = seed * 10_000 + number;
  const tell = (problem) => tally.tell(`run ${number}: ${action.name}: ${problem}`);
  const ground = await openGround({ action, users, seed: own, run: RUN });
  const around = { ...ground, random: chance(own), shim, users, tally, tell };
  try {
    await ground.plan();
    await play(action, around);
    await judge(action, around);
  } finally {
    tally.network(action.name, ground.org.stats().faults);
    tally.of(action.name).runs += 1;
    await ground.close();
  }
}
