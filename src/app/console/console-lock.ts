import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeOwnFolder } from '../../disk/own-folder.ts';
import type { Host } from '../../domain/host.ts';
import { lockRun } from '../../journal/directory/lock.ts';
import { stateDir } from '../run/consent/consent-proof.ts';

/** Allows one console per folder at a time, because two of them would show different things. */
export interface ConsoleLock {
  /** Never rejects. */
  readonly release: () => Promise<void>;
}

/**
 * Makes this process the only console of this user in its folder. Takes over the lock of a process that has ended. If the
 * state directory belongs to someone else or cannot be written, nothing is locked. Rejects with CONSOLE_OPEN, DISK.
 */
export async function takeConsoleLock(host: Host): Promise<ConsoleLock> {
  const folder = join(stateDir(host), 'consoles');
  const isOurs = await makeOwnFolder(folder, host.userId).then(
    () => true,
    () => false,
  );
  if (!isOurs) return { release: () => Promise.resolve() };
  const name = createHash('sha256').update(host.cwd).digest('hex').slice(0, 32);
  return lockRun(join(folder, `${name}.lock`), {
    pid: host.pid,
    hostname: host.hostname,
    startedAt: new Date(host.clock.nowMs()).toISOString(),
    isAlive: host.isAlive,
    refusal: 'CONSOLE_OPEN',
  });
}
