import { geteuid } from 'node:process';

/** The number of an account on this system; undefined if the system has no such numbers (Windows). */
export type AccountId = number | undefined;

/** The administrator's account, on systems with account numbers. */
export const ROOT = 0;

/** Returns the account that this process acts as, and that owns the files it makes. */
export function ownAccount(): AccountId {
  return geteuid?.();
}
