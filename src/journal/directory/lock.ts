/**
 * The lock of a run: one writer at a time.
 *
 * Invariants:
 * - A lock file appears complete, because it is a link to a finished file, so nobody reads half a holder.
 * - It is created only if none exists. A lock whose holder has ended is replaced only by the process that has the claim on
 *   exactly that lock (the claim is a lock too, named after the dead lock's token), after reading it again. If two processes
 *   find the same dead lock, one of them wins.
 * - A release removes the lock only if it still belongs to this process.
 */
import { createHash, randomUUID } from 'node:crypto';
import { AppError } from '../../domain/codes/app-error.ts';
import { diskError, systemCode } from '../../disk/disk-error.ts';
import { createOwnFile, link, readOwnText, rename, rm } from '../../disk/own-file.ts';
import {
  judgeHolder,
  parseHolder,
  readPidSpace,
  readProcessStart,
  type LockHolder,
  type ProcessFacts,
} from './lock-holder.ts';
import { isFree, type LockState, type TakeOver } from './take-over.ts';

const MOST_LOCK_BYTES = 64 * 1024;
const MAX_CLAIMS = 4;

export type LockRefusal = 'RUN_LOCKED' | 'ORG_IN_USE' | 'CONSOLE_OPEN';

export interface LockOptions extends TakeOver {
  readonly pid: number;
  readonly hostname: string;
  /** When this process began to work on the run, ISO 8601. For people. */
  readonly startedAt: string;
  /** Tells whether a process with this id is running on this machine; true if that cannot be known. */
  readonly isAlive: (pid: number) => boolean;
  /** The code of a refusal: a lock of one run (the default), of all runs on an org, or of a folder's console. */
  readonly refusal?: LockRefusal;
  /** Replaces what /proc says, for tests. */
  readonly facts?: Partial<ProcessFacts>;
}

export interface RunLock {
  /** The holder that had ended and whose lock was taken over, if any. */
  readonly takenOverFrom: LockHolder | undefined;
  /** What was known about that holder; undefined if the lock was free. */
  readonly holderWas: LockState | undefined;
  /** Removes the lock if it still belongs to this process. Never rejects. */
  readonly release: () => Promise<void>;
}

interface TakenOver {
  readonly holder: LockHolder | undefined;
  readonly state: LockState;
}

interface Found {
  readonly holder: LockHolder | undefined;
  readonly token: string;
}

async function readLock(path: string): Promise<Found | undefined> {
  let text: string;
  try {
    // A lock is created as a link, so for a moment it has two names.
    text = await readOwnText(path, MOST_LOCK_BYTES, { manyNames: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const holder = parseHolder(text);
  return {
    holder,
    token: holder?.token ?? createHash('sha256').update(text).digest('hex').slice(0, 32),
  };
}

function locked(
  path: string,
  found: Found,
  state: LockState,
  refusal: LockRefusal = 'RUN_LOCKED',
): AppError {
  const { holder } = found;
  const who =
    holder === undefined
      ? 'an unknown process'
      : `process ${holder.pid} on ${holder.hostname} since ${holder.startedAt}`;
  if (refusal === 'CONSOLE_OPEN')
    return new AppError(refusal, `A console is already open in this folder: ${who}.`, {
      hint: 'Press Enter in its terminal for a new link to it, or end it there with Ctrl-C.',
    });
  const hint =
    state === 'alive'
      ? `Wait until it has ended, or stop it (\`kill ${holder?.pid ?? ''}\`: it stops safely and can be resumed), then try again.`
      : 'Make sure that no okta-reset is working on this run there. Then run the same command with --force-unlock.';
  const message =
    refusal === 'RUN_LOCKED'
      ? `The run is in use by ${who} (${path}).`
      : `Another run is acting on this org: ${who} (${path}). Nothing was sent.`;
  return new AppError(refusal, message, { hint });
}

async function judgeLock(
  { holder }: Found,
  { hostname }: Pick<LockOptions, 'hostname'>,
  facts: ProcessFacts,
): Promise<LockState> {
  return holder === undefined ? 'unknown' : judgeHolder(holder, { hostname, facts });
}

class Locker {
  readonly #own: LockHolder;
  readonly #options: LockOptions;
  readonly #facts: ProcessFacts;

  constructor(own: LockHolder, options: LockOptions, facts: ProcessFacts) {
    this.#own = own;
    this.#options = options;
    this.#facts = facts;
  }

  /** Takes the lock at `path`. Returns from whom it was taken over. */
  async acquire(path: string, depth = 0): Promise<TakenOver | undefined> {
    for (;;) {
      if (await this.#create(path)) return undefined;
      const found = await readLock(path);
      if (found === undefined) continue;
      const state = await this.#judge(found);
      if (!(await isFree(path, state, this.#options)) || depth >= MAX_CLAIMS)
        throw locked(path, found, state, this.#options.refusal);
      const claim = `${path}.${found.token}`;
      await this.acquire(claim, depth + 1);
      try {
        const again = await readLock(path);
        if (again?.token === found.token) {
          await this.#replace(path);
          return { holder: found.holder, state };
        }
      } finally {
        await rm(claim, { force: true }).catch(() => undefined);
      }
    }
  }

  async release(path: string): Promise<void> {
    const found = await readLock(path);
    if (found?.token === this.#own.token) await rm(path, { force: true });
  }

  #judge(found: Found): Promise<LockState> {
    return judgeLock(found, this.#options, this.#facts);
  }

  async #write(path: string): Promise<void> {
    const file = await createOwnFile(path);
    try {
      try {
        await file.writeFile(`${JSON.stringify(this.#own)}\n`);
        // A lock that a power cut has emptied names nobody, and would keep everybody out.
        await file.sync();
      } finally {
        // Some network disks refuse what was written only here.
        await file.close();
      }
    } catch (error) {
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  async #create(path: string): Promise<boolean> {
    const draft = `${path}.${randomUUID()}.new`;
    await this.#write(draft);
    try {
      await link(draft, path);
      return true;
    } catch (error) {
      const code = systemCode(error);
      if (code === 'EEXIST') return false;
      // Some file systems have no links (FAT, some network shares). An exclusive create is the next best.
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
      return await this.#createDirectly(path);
    } finally {
      // A draft that cannot be removed is harmless.
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }

  async #createDirectly(path: string): Promise<boolean> {
    try {
      await this.#write(path);
      return true;
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false;
      throw error;
    }
  }

  async #replace(path: string): Promise<void> {
    const draft = `${path}.${randomUUID()}.new`;
    await this.#write(draft);
    try {
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
  }
}

function factsOf(options: Pick<LockOptions, 'isAlive' | 'facts'>): ProcessFacts {
  return {
    isAlive: options.isAlive,
    startOf: options.facts?.startOf ?? readProcessStart,
    pidSpace: options.facts?.pidSpace ?? readPidSpace,
  };
}

/**
 * Checks whether another process is working on a run, without taking a lock. A lock whose holder has ended does not count.
 * Errors: `AppError` RUN_LOCKED with the holder, DISK.
 */
export async function refuseLocked(
  path: string,
  options: Omit<LockOptions, 'pid' | 'startedAt'>,
): Promise<void> {
  try {
    const found = await readLock(path);
    if (found === undefined) return;
    const state = await judgeLock(found, options, factsOf(options));
    if (!(await isFree(path, state, options))) throw locked(path, found, state, options.refusal);
  } catch (error) {
    throw diskError(`read the lock of the run (${path})`, error);
  }
}

/**
 * Locks a run for this process. `path` is the lock file. Takes over a lock whose holder has ended (its process ended, its
 * pid was given to another process, or the machine was restarted). Errors: `AppError` RUN_LOCKED with the holder, DISK.
 */
export async function lockRun(path: string, options: LockOptions): Promise<RunLock> {
  const facts = factsOf(options);
  const [processStart, pidSpace] = await Promise.all([
    facts.startOf(options.pid),
    facts.pidSpace(),
  ]);
  const own: LockHolder = {
    pid: options.pid,
    hostname: options.hostname,
    startedAt: options.startedAt,
    ...(processStart === undefined ? {} : { processStart }),
    ...(pidSpace === undefined ? {} : { pidSpace }),
    token: randomUUID(),
  };
  const locker = new Locker(own, options, facts);
  try {
    const taken = await locker.acquire(path);
    // On a disk that became read-only it stays, and is taken over later, because its process has ended by then.
    return {
      takenOverFrom: taken?.holder,
      holderWas: taken?.state,
      release: () => locker.release(path).catch(() => undefined),
    };
  } catch (error) {
    throw diskError(`lock the run (${path})`, error);
  }
}
