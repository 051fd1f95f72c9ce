/**
 * One run at a time per org. There is a lock next to the runs, and one in this user's state directory for runs elsewhere (a
 * copied folder, `--out`). Both follow the rules of a run's lock.
 */
import { dirname, join } from 'node:path';
import { makeOwnFolder } from '../../disk/own-folder.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { orgKey } from '../../domain/org/org-key.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import { lockRun, refuseLocked } from '../../journal/directory/lock.ts';
import type { TakeOver } from '../../journal/directory/take-over.ts';
import type { AppContext } from '../context.ts';
import { stateDir } from '../run/consent/consent-proof.ts';
import { isUnwritable } from '../../disk/disk-error.ts';

export interface OrgLock {
  /** Never rejects. */
  readonly release: () => Promise<void>;
}

const UNLOCKED: OrgLock = { release: () => Promise.resolve() };

const orgName = (run: RunFile) => orgKey(run).replace(/[^\w.-]/g, '_');

const besideRuns = (run: RunFile, dir: string) =>
  join(dirname(dir), `.okta-reset-${orgName(run)}.lock`);

const lockFolder = ({ host }: AppContext) => join(stateDir(host), 'orgs');

const inState = (run: RunFile, context: AppContext) =>
  join(lockFolder(context), `${orgName(run)}.lock`);

/** Refuses if another run of this user is acting on the same org, without taking a lock. Rejects with ORG_IN_USE. */
export async function refuseOrgInUse(
  run: RunFile,
  dir: string,
  takeOver: TakeOver,
  context: AppContext,
): Promise<void> {
  const { hostname, isAlive } = context.host;
  const terms = { hostname, isAlive, ...takeOver, refusal: 'ORG_IN_USE' } as const;
  await refuseLocked(inState(run, context), terms).catch((error: unknown) => {
    // If the state directory cannot be read, nothing is locked.
    if (!(error instanceof AppError) || error.code === 'ORG_IN_USE') throw error;
  });
  await refuseLocked(besideRuns(run, dir), terms);
}

async function take(
  path: string,
  takeOver: TakeOver,
  { host, emit }: AppContext,
): Promise<OrgLock> {
  try {
    const lock = await lockRun(path, {
      pid: host.pid,
      hostname: host.hostname,
      startedAt: new Date(host.clock.nowMs()).toISOString(),
      isAlive: host.isAlive,
      ...takeOver,
      refusal: 'ORG_IN_USE',
    });
    const { takenOverFrom: from, holderWas } = lock;
    if (from !== undefined && holderWas === 'elsewhere' && takeOver.volumeOf !== undefined)
      emit({
        type: 'message',
        level: 'info',
        text: `--exclusive-volume: took over ${path} too, which process ${from.pid} on ${from.hostname} left: it keeps other runs off this org.`,
      });
    return lock;
  } catch (error) {
    // If nobody can write next to a run, nobody can plan another one there either.
    if (error instanceof AppError && isUnwritable(error.cause)) return UNLOCKED;
    throw error;
  }
}

/** Takes the lock in the state directory. If that belongs to someone else or cannot be written, nothing is locked. */
async function takeInState(
  run: RunFile,
  takeOver: TakeOver,
  context: AppContext,
): Promise<OrgLock> {
  const isOurs = await makeOwnFolder(lockFolder(context), context.host.userId).then(
    () => true,
    () => false,
  );
  return isOurs ? take(inState(run, context), takeOver, context) : UNLOCKED;
}

/**
 * Makes this run the only one of this user on this machine, and the only one of its folder, that acts on its org, until
 * `release`. Takes over the lock of a process that has ended. Rejects with ORG_IN_USE, DISK.
 */
export async function takeOrgLock(
  run: RunFile,
  dir: string,
  takeOver: TakeOver,
  context: AppContext,
): Promise<OrgLock> {
  const ours = await takeInState(run, takeOver, context);
  try {
    const beside = await take(besideRuns(run, dir), takeOver, context);
    return {
      release: async () => {
        await beside.release();
        await ours.release();
      },
    };
  } catch (error) {
    await ours.release();
    throw error;
  }
}
