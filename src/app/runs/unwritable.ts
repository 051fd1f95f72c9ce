import { systemCode } from '../../disk/disk-error.ts';

const CODES: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Tells whether a system error says that this account must not write there. */
export function isUnwritable(cause: unknown): boolean {
  return CODES.has(systemCode(cause));
}
