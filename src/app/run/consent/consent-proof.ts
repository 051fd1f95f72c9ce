import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import { readOwnSecret } from '../../../disk/own-file.ts';
import { isOwnFolder, makeOwnFolder } from '../../../disk/own-folder.ts';
import { replaceFile } from '../../../disk/staged-files.ts';
import type { Host } from '../../../domain/host.ts';
import type { RunFile } from '../../../domain/run/run-file.ts';
import type { AppContext } from '../../context.ts';

type StateHost = Pick<Host, 'env' | 'platform' | 'homeDir' | 'userId'>;

const KEY_FILE = 'consent.key';
const KEY_BYTES = 32;
/** The key and a proof each have 64 hex digits and a newline. */
const MAX_BYTES = 128;

/**
 * Returns the user's state directory: `okta-reset` in `XDG_STATE_HOME`, in `LOCALAPPDATA` on Windows, else in
 * `~/.local/state`. A relative path is not used. Source: XDG Base Directory Specification 0.8.
 */
export function stateDir({ env, platform, homeDir }: Omit<StateHost, 'userId'>): string {
  const named = [
    env['XDG_STATE_HOME'],
    platform === 'win32' ? env['LOCALAPPDATA'] : undefined,
    join(homeDir, '.local', 'state'),
  ].find((path) => path !== undefined && isAbsolute(path));
  return join(named ?? homeDir, 'okta-reset');
}

/** Reads a file of hex digits; undefined if it is missing, or if others can access it. */
async function readHex(path: string, host: StateHost): Promise<Buffer | undefined> {
  const text = await readOwnSecret(path, host.userId, MAX_BYTES);
  const bytes = Buffer.from(text?.trim() ?? '', 'hex');
  return bytes.length === KEY_BYTES ? bytes : undefined;
}

function proofOf(key: Buffer, run: RunFile): Buffer {
  // The plan's digest stands for the users; everything else for how, where, and to whom secrets are sealed.
  const said = JSON.stringify(['okta-reset consent 1', run]);
  return createHmac('sha256', key).update(said).digest();
}

const proofName = ({ runId }: RunFile) => `${runId}.proof`;

/**
 * Tells whether this user has consented to this run on this machine: to all of run.json, and through its digest to the plan.
 * The proof is stored outside the run's folder, so a folder from elsewhere does not bring consent with it. Links, and files
 * that somebody else owns or can read, prove nothing. Never rejects.
 */
export async function isConsentProved(run: RunFile, host: StateHost): Promise<boolean> {
  const dir = stateDir(host);
  const proofs = join(dir, 'consents');
  for (const folder of [dir, proofs]) if (!(await isOwnFolder(folder, host.userId))) return false;
  const key = await readHex(join(dir, KEY_FILE), host);
  const kept = await readHex(join(proofs, proofName(run)), host);
  return key !== undefined && kept !== undefined && timingSafeEqual(kept, proofOf(key, run));
}

/**
 * Stores the proof of a consent (0600), unless it is already stored. If the state directory cannot be written, or belongs to
 * someone else, there is only a warning that `resume` will ask again. Never rejects.
 */
export async function keepConsent(run: RunFile, { host, emit }: AppContext): Promise<void> {
  if (await isConsentProved(run, host)) return;
  const dir = stateDir(host);
  const proofs = join(dir, 'consents');
  const staging = { nowMs: host.clock.nowMs(), failed: (cause: unknown) => cause };
  const write = (folder: string, name: string, bytes: Buffer) =>
    replaceFile(folder, name, `${bytes.toString('hex')}\n`, staging);
  try {
    await makeOwnFolder(dir, host.userId);
    await makeOwnFolder(proofs, host.userId);
    const path = join(dir, KEY_FILE);
    if ((await readHex(path, host)) === undefined)
      await write(dir, KEY_FILE, randomBytes(KEY_BYTES));
    // Another process might have written its key in the meantime.
    const key = await readHex(path, host);
    if (key === undefined) throw new Error(`${path} cannot be read`);
    await write(proofs, proofName(run), proofOf(key, run));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    emit({
      type: 'message',
      level: 'warning',
      text: `Your consent could not be saved in ${dir} (${why}), so resume will ask for it again.`,
      hint: 'Make that folder writable for you and nobody else, or set XDG_STATE_HOME to another one.',
    });
  }
}
