/** One run at a time per org and folder: a lock beside the runs, by the same rules as the lock of a run. */
import { dirname, join } from 'node:path';
import { AppError } from '../../domain/codes/app-error.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import { lockRun, refuseLocked } from '../../journal/lock.ts';
import type { AppContext } from '../context.ts';
import { isUnwritable } from './unwritable.ts';

export interface OrgLock {
  /** Never rejects. */
  readonly release: () => Promise<void>;
}

const UNLOCKED: OrgLock = { release: () => Promise.resolve() };

function lockPath({ orgId, host, origin }: RunFile, dir: string): string {
  // Sandboxes of one seed share an id, and are different orgs.
  const org = orgId === '' || origin.startsWith('http:') ? host : orgId;
  return join(dirname(dir), `.okta-reset-${org.replace(/[^\w.-]/g, '_')}.lock`);
}

/** Refuses while another run from the same folder acts on the same org, and takes nothing. Rejects with ORG_IN_USE. */
export async function refuseOrgInUse(
  run: RunFile,
  dir: string,
  force: boolean,
  { host }: AppContext,
): Promise<void> {
  const { hostname, isAlive } = host;
  await refuseLocked(lockPath(run, dir), { hostname, isAlive, force, refusal: 'ORG_IN_USE' });
}

/**
 * Makes this run the only one of its folder that acts on its org, until `release`. A lock whose process is gone is taken
 * over. Rejects with ORG_IN_USE, DISK.
 */
export async function takeOrgLock(
  run: RunFile,
  dir: string,
  force: boolean,
  { host }: AppContext,
): Promise<OrgLock> {
  try {
    return await lockRun(lockPath(run, dir), {
      pid: host.pid,
      hostname: host.hostname,
      startedAt: new Date(host.clock.nowMs()).toISOString(),
      isAlive: host.isAlive,
      force,
      refusal: 'ORG_IN_USE',
    });
  } catch (error) {
    // Where nobody can write beside a run, nobody can plan another one there either.
    if (error instanceof AppError && isUnwritable(error.cause)) return UNLOCKED;
    throw error;
  }
}
