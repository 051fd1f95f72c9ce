// A run, its reruns and the reruns of those, each killed and resumed, following only the commands that the product itself
// says are next; every rerun is pressed twice at once.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { openGround } from './ground.mjs';
import { chance, command, expectOk } from './process.mjs';

const USERS = 80;
/** So many fail at first; half of those that still do are put right before each rerun. */
const AWAY = 12;
const MOST_COMMANDS = 80;
const KILLS_PER_CHAIN = 10;
const LONGEST_MS = 3000;

/** What `runs` lists, newest first. */
async function listed(around) {
  const { stdout } = await expectOk(['runs', '--in', '.', '--json'], around);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'run');
}

/** The next command that goes on, as its words; reruns of unknown rows may reset twice and are left to a person. */
function goingOn(runs) {
  const commands = runs.flatMap(({ next }) => next.map((each) => each.command));
  const found = commands.find(
    (line) => / (resume|rerun) /.test(line) && !line.includes('--only unknown'),
  );
  return found
    ?.split(' ')
    .slice(found.split(' ').findIndex((word) => /^(resume|rerun)$/.test(word)));
}

async function play({ number, around, random, consent, pace, org, away, tally, tell }) {
  let kills = 0;
  let reruns = 0;
  const typed = async (argv) => {
    const killAfterMs = kills < KILLS_PER_CHAIN ? 150 + random() * LONGEST_MS : undefined;
    const ended = await command(argv, { ...around, killAfterMs });
    tally.sittings += 1;
    if (ended.killed && !ended.hung) {
      kills += 1;
      tally.kills += 1;
    }
    if (ended.hung) {
      tally.hung += 1;
      tell(`chain ${number}: hung at ${argv.join(' ')}`);
    } else if (!ended.killed && ![0, 4, 5, 7].includes(ended.code))
      tell(`chain ${number}: ${argv.join(' ')}: exit ${ended.code}: ${ended.stderr.slice(-500)}`);
  };
  await typed(['run', '--plan', 'run', ...consent, ...pace]);
  for (let commands = 0; ; commands += 1) {
    const runs = await listed(around);
    // A process that was killed before its first record has begun nothing.
    const isUnbegun = runs.some(({ dir, state }) => dir.endsWith('/run') && state === 'planned');
    const argv = isUnbegun ? ['run', '--plan', 'run', ...consent] : goingOn(runs);
    if (argv === undefined) return;
    if (commands >= MOST_COMMANDS) {
      tell(`chain ${number}: not done after ${MOST_COMMANDS} commands: ${argv.join(' ')}`);
      return;
    }
    if (argv[0] !== 'rerun') {
      await typed([...argv, ...(isUnbegun ? [] : ['--max-failures', '100%']), ...pace]);
      continue;
    }
    for (const id of away.splice(0, Math.ceil(away.length / 2))) org.putInReach(id);
    reruns += 1;
    const press = (out) => typed([...argv, '--out', out, ...consent, ...pace]);
    await Promise.all([press(`again-${reruns}-a`), press(`again-${reruns}-b`)]);
    tally.reruns += 1;
    tally.twicePressed += 1;
  }
}

/** How each user ended in the newest run that has the user, and the newest secret of each. */
async function told({ dir, around, passwords }) {
  const outcomes = new Map();
  const opened = new Map();
  const runs = (await listed(around)).filter(
    ({ state }) => state !== 'planned' && state !== 'overtaken',
  );
  for (const { dir: folder } of runs.toReversed()) {
    const path = join(dir, folder.split('/').at(-1));
    await command(['report', path, '-q'], around);
    for (const row of parse(await readFile(join(path, 'results.csv')), {
      columns: true,
      bom: true,
    }))
      if (row._outcome !== 'skipped') outcomes.set(row._user_id, row._outcome);
    if (!passwords) continue;
    const { code, stdout } = await command(
      ['secrets', 'open', path, '--identity', 'key.txt'],
      around,
    );
    if (code !== 0) continue;
    for (const { id, secret } of parse(stdout, { columns: true })) opened.set(id, secret);
  }
  return { outcomes, opened };
}

function judge({ number, org, targets, passwords, tally, tell }, { outcomes, opened }) {
  for (const { id } of targets) {
    tally.users += 1;
    const outcome = outcomes.get(id) ?? 'missing';
    const { resets, mails, tempPasswords } = org.effects(id);
    const done = passwords ? tempPasswords : resets;
    if (done === 0 && outcome !== 'unknown') {
      tally.lost += 1;
      tell(`chain ${number}: ${id} is said ${outcome}, and nothing was done`);
    }
    if (!passwords && (resets > 1 || mails > 1)) {
      tally.twice += 1;
      tell(`chain ${number}: ${id} was reset ${resets} times`);
    }
    if (passwords && outcome === 'succeeded' && opened.get(id) !== org.currentTempPassword(id)) {
      tally.wrong += 1;
      tell(`chain ${number}: the password kept for ${id} is not the last one issued`);
    }
  }
}

/** One chain from plan to end. Every second one issues temporary passwords. */
export async function soakChain({ number, seed, chaos, mix, tally, onFaults, tell }) {
  const own = seed * 10_000 + number;
  const random = chance(own);
  const passwords = tally.chains % 2 === 1;
  const ground = await openGround({ users: USERS, seed: own, mix, chaos, passwords });
  const { dir, org, around, targets } = ground;
  try {
    await ground.plan();
    const away = targets.slice(-AWAY).map(({ id }) => id);
    for (const id of away) org.putOutOfReach(id);
    const consent = ['--yes', '--max-users', String(USERS), '--max-failures', '100%'];
    const pace = ['--timeout', '20s', '--max-retries', '12', '-q'];
    await play({ number, around, random, consent, pace, org, away, tally, tell });
    judge({ number, org, targets, passwords, tally, tell }, await told({ dir, around, passwords }));
  } finally {
    onFaults(org.stats().faults);
    tally.chains += 1;
    await ground.close();
  }
}
