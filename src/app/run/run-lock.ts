import { lockRun, refuseLocked, type RunLock } from '../../journal/directory/lock.ts';
import type { RunDirectory } from '../../journal/directory/run-directory.ts';
import type { AppContext } from '../context.ts';

/**
 * Makes this process the only writer of a run, until `release`. Rejects with RUN_LOCKED if another process works on it.
 */
export async function takeRunLock(
  place: RunDirectory,
  context: AppContext,
  force = false,
): Promise<RunLock> {
  const { host } = context;
  const lock = await lockRun(place.path('lock'), {
    pid: host.pid,
    hostname: host.hostname,
    startedAt: new Date(host.clock.nowMs()).toISOString(),
    isAlive: host.isAlive,
    force,
  });
  if (lock.takenOverFrom !== undefined) {
    context.emit({
      type: 'message',
      level: 'info',
      text: `An earlier process (pid ${lock.takenOverFrom.pid} on ${lock.takenOverFrom.hostname}) ended without closing this run. Continuing from its journal.`,
    });
  }
  return lock;
}

/** Runs a function as the only writer of a run. Rejects with RUN_LOCKED if another process works on it. */
export async function withRunLock<T>(
  place: RunDirectory,
  context: AppContext,
  work: () => Promise<T>,
  force = false,
): Promise<T> {
  const lock = await takeRunLock(place, context, force);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** Refuses a run that another process works on, and takes no lock. Rejects with RUN_LOCKED. */
export async function refuseRunning(
  place: RunDirectory,
  { host }: AppContext,
  force: boolean,
): Promise<void> {
  const { hostname, isAlive } = host;
  await refuseLocked(place.path('lock'), { hostname, isAlive, force });
}
