// A run, its reruns and the reruns of those, each killed and resumed, following only the commands that the product itself
// says are next; every rerun is pressed twice at once. Then what happens to users, the follow-up that must see it, and its
// resend.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { times } from './actions.mjs';
import { openGround, PACE_FLAGS } from './ground.mjs';
import { chance } from '../chance.mjs';
import { command, expectOk } from './process.mjs';
import { add } from './tally.mjs';

const USERS = 80;
/** This many fail at first. Half of those that still do are fixed before each rerun. */
const AWAY = 12;
const MOST_COMMANDS = 80;
const KILLS_PER_CHAIN = 10;
const LONGEST_MS = 3000;

const CONSENT = ['--yes', '--max-users', String(USERS), '--max-failures', '100%'];

/** What `runs` lists, newest first. */
async function listed(around) {
  const { stdout } = await expectOk(['runs', '--in', '.', '--json'], around);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'run');
}

/** The next command that continues, as its words. Reruns of unknown rows might act twice and are left to a person. */
function goingOn(runs) {
  const commands = runs.flatMap(({ next }) => next.map((each) => each.command));
  const found = commands.find(
    (line) => / (resume|rerun) /.test(line) && !line.includes('--only unknown'),
  );
  return found
    ?.split(' ')
    .slice(found.split(' ').findIndex((word) => /^(resume|rerun)$/.test(word)));
}

/** Types command after command, each killed while there are kills left, until nothing is left to continue. */
class Player {
  #around;
  #kills = 0;
  #reruns = 0;

  constructor(around) {
    this.#around = around;
  }

  async typed(argv) {
    const { around, random, counts, tell } = this.#around;
    const killAfterMs = this.#kills < KILLS_PER_CHAIN ? 150 + random() * LONGEST_MS : undefined;
    const ended = await command(argv, { ...around, killAfterMs });
    counts.invocations += 1;
    if (ended.hung) {
      counts.hung += 1;
      tell(`hung at ${argv.join(' ')}`);
    } else if (ended.killed) {
      this.#kills += 1;
      counts.kills += 1;
    } else if (![0, 4, 5, 7].includes(ended.code))
      tell(`${argv.join(' ')}: exit ${ended.code}: ${ended.stderr.slice(-500)}`);
  }

  /** Executes a plan in `folder`, and continues with the command that okta-reset prints. */
  async toTheEnd(folder) {
    const { around, org, away, counts, tell } = this.#around;
    for (let commands = 0; ; commands += 1) {
      const runs = await listed(around);
      // A process that was killed before its first record has begun nothing.
      const isUnbegun = runs.some(
        ({ dir, state }) => dir.endsWith(`/${folder}`) && state === 'planned',
      );
      const argv = isUnbegun ? ['run', '--plan', folder, ...CONSENT] : goingOn(runs);
      if (argv === undefined) return;
      if (commands >= MOST_COMMANDS) {
        tell(`not done after ${MOST_COMMANDS} commands: ${argv.join(' ')}`);
        return;
      }
      if (argv[0] !== 'rerun') {
        const limit = isUnbegun ? [] : ['--max-failures', '100%'];
        await this.typed([...argv, ...limit, ...PACE_FLAGS]);
        continue;
      }
      for (const id of away.splice(0, Math.ceil(away.length / 2))) org.putInReach(id);
      this.#reruns += 1;
      const press = (out) => this.typed([...argv, '--out', out, ...CONSENT, ...PACE_FLAGS]);
      await Promise.all([press(`again-${this.#reruns}-a`), press(`again-${this.#reruns}-b`)]);
      counts.reruns += 1;
    }
  }
}

/** How each user ended in the newest run that has the user, and the newest secret of each. */
async function told({ dir, around, action }) {
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
    if (action.name !== 'temp-password') continue;
    const open = ['secrets', 'open', path, '--identity', 'key.txt'];
    const { code, stdout } = await command(open, around);
    if (code !== 0) continue;
    for (const { id, secret } of parse(stdout, { columns: true })) opened.set(id, secret);
  }
  return { outcomes, opened };
}

/** Compares what was reported with what the org has done since: once, or not at all for users that nobody was to act on. */
function judge({ action, org, counts, tell }, { outcomes, opened }, targets, before = () => 0) {
  for (const id of targets) {
    const outcome = outcomes.get(id) ?? 'missing';
    const done = times(action, org, id) - before(id);
    if (done <= 0 && outcome !== 'unknown') {
      counts.lost += 1;
      tell(`${id} is said ${outcome}, and nothing was done`);
    }
    const isSealed = action.name === 'temp-password';
    if (done > 1 && action.harmless !== true && !isSealed) {
      counts.twice += 1;
      tell(`${id}: done ${done} times`);
    }
    if (isSealed && outcome === 'succeeded' && opened.get(id) !== org.currentTempPassword(id)) {
      counts.wrong += 1;
      tell(`the password kept for ${id} is not the last one issued`);
    }
  }
}

/** The state of each user in followup.csv. If the network makes no sense for a moment, it is requested again. */
async function followedUp({ dir, around }) {
  await expectOk(['followup', 'run', '--timeout', '20s', '--max-retries', '12', '--json'], around);
  const rows = parse(await readFile(join(dir, 'run', 'followup.csv')), { columns: true });
  return new Map(rows.map((row) => [row.user_id, row.state]));
}

/** Every third user moves on; `followup` must see who did, and a resend acts on exactly the users it is for. */
async function afterwards(ground, player, { outcomes }) {
  const { action, org, targets, counts, tally, tell } = ground;
  const ids = targets.map(({ id }) => id).filter((id) => outcomes.get(id) === 'succeeded');
  const { later, laterState, states, resend } = action;
  const moved = new Set(
    later === undefined ? [] : ids.filter((id, index) => index % 3 === 0 && later(org, id)),
  );
  const seen = await followedUp(ground);
  for (const id of ids) {
    const state = seen.get(id) ?? 'missing';
    add(tally.followup, { [state]: 1 });
    if (moved.has(id) ? state === laterState : states.includes(state)) continue;
    counts.wrong += 1;
    tell(`followup says ${state} of ${id}, who has ${moved.has(id) ? 'moved on' : 'not moved'}`);
  }
  if (resend === undefined) return;
  const chosen = ids.filter((id) => moved.has(id) !== (action.password === true));
  const before = new Map(ids.map((id) => [id, times(action, org, id)]));
  await player.typed(['followup', 'run', ...resend, '--out', 'sent', ...CONSENT, ...PACE_FLAGS]);
  // Killed before its plan existed.
  if (!(await listed(ground.around)).some(({ dir }) => dir.endsWith('/sent')))
    await expectOk(
      ['followup', 'run', ...resend, '--out', 'sent', ...CONSENT, ...PACE_FLAGS],
      ground.around,
    );
  await player.toTheEnd('sent');
  counts.resends += 1;
  const now = await told(ground);
  judge(ground, now, chosen, (id) => before.get(id));
  const rest = ids.filter((id) => !chosen.includes(id));
  for (const id of rest)
    if (times(action, org, id) !== before.get(id)) {
      counts.twice += 1;
      tell(`${id} was not to be sent to, and was`);
    }
}

/** One chain of an action, from plan to resend. */
export async function soakChain({ number, seed, action, tally }) {
  const own = seed * 10_000 + number;
  const counts = tally.of(action.name);
  const tell = (problem) => tally.tell(`chain ${number}: ${action.name}: ${problem}`);
  const open = await openGround({ action, users: USERS, seed: own, run: 'run' });
  const away = open.targets.slice(-AWAY).map(({ id }) => id);
  const ground = { ...open, action, away, random: chance(own), counts, tally, tell };
  const { org, targets } = open;
  try {
    await open.plan();
    for (const id of away) org.putOutOfReach(id);
    const player = new Player(ground);
    await player.toTheEnd('run');
    const first = await told(ground);
    counts.users += targets.length;
    judge(
      ground,
      first,
      targets.map(({ id }) => id),
    );
    await afterwards(ground, player, first);
  } finally {
    tally.network(action.name, org.stats().faults);
    counts.chains += 1;
    await open.close();
  }
}
