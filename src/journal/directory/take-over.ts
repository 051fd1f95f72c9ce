import { dirname } from 'node:path';
import { isOneVolume } from '../../disk/look.ts';
import type { HolderState } from './lock-holder.ts';

/** What is known about a lock's holder; `unknown` if the lock names none. */
export type LockState = HolderState | 'unknown';

/**
 * Which locks are taken over in addition to those whose process has ended. A process that is known to be at work keeps its
 * lock.
 */
export interface TakeOver {
  /** Every lock whose holder is not known to run here (`--force-unlock`). */
  readonly force?: boolean;
  /**
   * Locks of other hosts and containers on the volume of this folder (`--exclusive-volume`). The caller guarantees that only
   * one of them at a time can mount it, so the process that left a lock there has ended.
   */
  readonly volumeOf?: string;
}

/** Tells whether a lock at `path` in this state can be taken. */
export async function isFree(path: string, state: LockState, terms: TakeOver): Promise<boolean> {
  switch (state) {
    case 'gone':
      return true;
    case 'alive':
      return false;
    case 'elsewhere': {
      const { force = false, volumeOf } = terms;
      return force || (volumeOf !== undefined && (await isOneVolume(dirname(path), volumeOf)));
    }
    case 'perhaps-alive':
    case 'unknown':
      return terms.force === true;
    default: {
      const never: never = state;
      return never;
    }
  }
}
