// What each run of the soak begins with: an org that suffers, the ids of its users in a file, and a plan over them.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseChaos } from '../../dist/sandbox/chaos/chaos.js';
import { startSandbox } from '../../dist/sandbox/sandbox.js';
import { clock, expectOk } from './process.mjs';

/** Makes the folder and starts the org. `plan` writes the ids of all but admins and plans over them; `close` ends both. */
export async function openGround({ users, seed, mix, chaos, passwords, flags = [] }) {
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-soak-'));
  const org = await startSandbox(
    { users, seed, mix, limits: 'off', latencyMs: 400, chaos: parseChaos(chaos) },
    { clock },
  );
  const around = { dir, env: { OKTA_CLIENT_ORGURL: org.url, OKTA_CLIENT_TOKEN: org.token } };
  const targets = [...org.users()].filter(({ admin }) => !admin);
  const plan = async () => {
    await writeFile(join(dir, 'ids.csv'), `id\n${targets.map(({ id }) => `${id}\n`).join('')}`);
    const action = [
      ...(passwords ? ['--action', 'temp-password', ...(await sealing(around))] : []),
      ...flags,
    ];
    const input = ['--file', 'ids.csv', '--out', 'run', '--timeout', '20s'];
    await expectOk(['plan', ...input, ...action], around);
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
