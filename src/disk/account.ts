import { geteuid } from 'node:process';

/** An account of this system by its number; undefined if the system has no such numbers (Windows). */
export type AccountId = number | undefined;

/** The administrator's account, on systems with account numbers. */
export const ROOT = 0;

/** The account that this process acts as, and that owns the files it makes. */
export function ownAccount(): AccountId {
  return geteuid?.();
}
