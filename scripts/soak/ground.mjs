// What each run of the soak begins with: an org with faults, the ids of its users in a file, and a plan over them.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseChaos } from '../../dist/sandbox/chaos/chaos.js';
import { startSandbox } from '../../dist/sandbox/sandbox.js';
import { flagsOf } from './actions.mjs';
import { clock, expectOk } from './process.mjs';

/**
 * Answers lost of writes: 17 in 100, some of which act later. There are also refusals, outages, limits and garbage; reads
 * suffer and lag too.
 */
const CHAOS = [
  'writes:reset-before=3%,writes:reset-after=5%,writes:cut-body=3%,writes:stall-headers=1%,writes:stall-before=1%',
  'writes:html-504-late=1%@2s,writes:reset-late=1%@5s,writes:html-504-late=1%@15s,writes:stall-late=1%@40s',
  'writes:garbage-protocol=1%',
  'writes:500=2%,writes:html-502=2%,writes:503-after=1%,writes:garbage=1%,writes:refuse=0.5%,writes:429-window=1%',
  'writes:429-concurrency=0.5%,writes:duplicate-headers=1%,writes:malformed-headers=1%,writes:half-open=0.5%',
  'reads:reset=4%,reads:html-502=3%,reads:500=2%,reads:cut-body=2%,reads:stall=0.5%,reads:garbage=1%',
  'reads:lag-user=10%@8s',
].join(',');

/** The pace of okta-reset if answers get lost this often. */
export const PACE = { timeout: '20s', 'max-retries': '12' };

/** The same as flags of a command line that has no others. */
export const PACE_FLAGS = [
  ...Object.entries(PACE).flatMap(([name, value]) => [`--${name}`, value]),
  '-q',
];

/**
 * Makes the folder and starts the org. `plan` writes the ids of all but admins and plans over them into `run`; `close` ends
 * both.
 */
export async function openGround({ action, users, seed, run }) {
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-soak-'));
  const mix = { statuses: action.statuses, providers: { OKTA: 1 } };
  const org = await startSandbox(
    { users, seed, mix, limits: 'off', latencyMs: 400, chaos: parseChaos(CHAOS) },
    { clock },
  );
  const around = { dir, env: { OKTA_CLIENT_ORGURL: org.url, OKTA_CLIENT_TOKEN: org.token } };
  const targets = [...org.users()].filter(({ admin }) => !admin);
  const plan = async () => {
    await writeFile(join(dir, 'ids.csv'), `id\n${targets.map(({ id }) => `${id}\n`).join('')}`);
    const sealed = action.name === 'temp-password' ? await sealing(around) : [];
    const input = ['--file', 'ids.csv', '--out', run, '--timeout', '20s'];
    await expectOk(['plan', ...input, ...flagsOf(action, seed), ...sealed], around);
  };
  const close = async () => {
    await org.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { dir, org, around, targets, plan, close };
}

/** A key for temporary passwords, as the flag that seals to it. */
async function sealing(around) {
  await expectOk(['secrets', 'keygen', '--out', 'key.txt'], around);
  const key = await readFile(join(around.dir, 'key.txt'), 'utf8');
  return ['--secrets-recipient', /age1[a-z0-9]+/.exec(key)[0]];
}
