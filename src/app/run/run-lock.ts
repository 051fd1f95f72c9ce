import { lockRun, refuseLocked, type RunLock } from '../../journal/directory/lock.ts';
import type { TakeOver } from '../../journal/directory/take-over.ts';
import type { RunDirectory } from '../../journal/directory/run-directory.ts';
import type { AppContext } from '../context.ts';
import type { ExecuteInput } from './run-at-work.ts';

/** Returns which locks of others an execution takes over, as its flags say. */
export function takeOverOf({
  dir,
  guards,
  exclusiveVolume = false,
}: Pick<ExecuteInput, 'dir' | 'guards' | 'exclusiveVolume'>): TakeOver {
  return { force: guards.forceUnlock, ...(exclusiveVolume ? { volumeOf: dir } : {}) };
}

/** Says from whom a run was taken over, and why that was right; undefined if its lock was free. */
function takenOverText(
  { takenOverFrom: from, holderWas }: RunLock,
  { volumeOf }: TakeOver,
): string | undefined {
  if (holderWas === undefined) return undefined;
  const who = from === undefined ? 'an unknown process' : `process ${from.pid} on ${from.hostname}`;
  if (holderWas === 'gone')
    return `An earlier process (${who}) ended without closing this run. Continuing from its journal.`;
  return volumeOf === undefined
    ? `--force-unlock: took this run over from ${who}. Continuing from its journal.`
    : `--exclusive-volume: ${who} held this run and must be gone, because only one container at a time can mount this volume. Continuing from its journal.`;
}

/**
 * Makes this process the only writer of a run, until `release`. Rejects with RUN_LOCKED if another process is working on it.
 */
export async function takeRunLock(
  place: RunDirectory,
  context: AppContext,
  takeOver: TakeOver = {},
): Promise<RunLock> {
  const { host } = context;
  const lock = await lockRun(place.path('lock'), {
    pid: host.pid,
    hostname: host.hostname,
    startedAt: new Date(host.clock.nowMs()).toISOString(),
    isAlive: host.isAlive,
    ...takeOver,
  });
  const text = takenOverText(lock, takeOver);
  if (text !== undefined) context.emit({ type: 'message', level: 'info', text });
  return lock;
}

/** Runs a function as the only writer of a run. Rejects with RUN_LOCKED if another process is working on it. */
export async function withRunLock<T>(
  place: RunDirectory,
  context: AppContext,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await takeRunLock(place, context);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** Refuses a run that another process is working on, without taking a lock. Rejects with RUN_LOCKED. */
export async function refuseRunning(
  place: RunDirectory,
  { host }: AppContext,
  force: boolean,
): Promise<void> {
  const { hostname, isAlive } = host;
  await refuseLocked(place.path('lock'), { hostname, isAlive, force });
}
