import { PLAIN, stage, type Ran, type Stage, type Surroundings } from '../integration/rig.ts';

/** The run that the damage is done to. */
export const RUN = 'done';
export const KEY = 'key.txt';
/** The program failed, which must never happen. */
const INTERNAL = 1;
const STACK = /\n\s+at .*[(/]/;
/** What controls a terminal, or hides text on it. Line breaks and tabs are the writer's own. */
export const STEERS_TERMINAL =
  /(?![\r]\n)[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2064\u2066-\u206F\uFEFF]/;

/** A folder with a finished run of temporary passwords, and a terminal without colors. */
export async function fuzzGround(): Promise<Stage> {
  const s = await stage({ users: 8, mix: PLAIN });
  await s.rockstar();
  const made = await s.run(['secrets', 'keygen', '--out', KEY]);
  const recipient = /age1[a-z0-9]+/.exec(made.stdout + made.stderr)?.[0] ?? '';
  const how = ['--action', 'temp-password', '--secrets-recipient', recipient];
  const go = ['--out', RUN, '--yes', '--max-users', '20'];
  const ran = await s.run(['run', '--file', 'users.csv', ...how, ...go]);
  if (ran.code !== 0) throw new Error(ran.stderr);
  return s;
}

/** Types a command where everything it writes goes to a terminal. */
export function typed(
  s: Stage,
  argv: readonly string[],
  { env, clock }: Pick<Surroundings, 'env' | 'clock'> = {},
): Promise<Ran> {
  const around = { terminal: true, env: { CI: '1', NO_COLOR: '1', ...env } };
  return s.run([...argv, '--no-input'], clock === undefined ? around : { ...around, clock });
}

/**
 * What is wrong with how a command ended: an internal error, a stack, bytes that control a terminal; undefined if nothing
 * is.
 */
export function wrongWith(ran: Ran): string | undefined {
  const said = ran.stdout + ran.stderr;
  if (ran.code === INTERNAL || STACK.test(said)) return said.slice(-400);
  const raw = STEERS_TERMINAL.exec(said);
  return raw === null
    ? undefined
    : `raw ${JSON.stringify(said.slice(raw.index - 40, raw.index + 20))}`;
}
