import { systemCode } from '../../disk/disk-error.ts';
import { readCredential, type Waiting } from '../../disk/named-file.ts';

/** A configuration file, as it is on disk. */
export interface ConfigFile {
  /** Empty if somebody else could have written the file. */
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
  /** Somebody else owns the file (other than root), or can write to it. */
  readonly isForeign: boolean;
  /** Why it counts as foreign, as the rest of a sentence about it. */
  readonly fault?: string;
}

/** Larger than any token, key or configuration. */
const MOST_BYTES = 256 * 1024;

/**
 * Reads a file for configuration; undefined if it is missing. What is checked is what is read. Rejects with the system's
 * error, or the signal's reason.
 */
export async function readConfigFile(
  path: string,
  waiting: Waiting,
): Promise<ConfigFile | undefined> {
  try {
    const { fault, ...read } = await readCredential(path, MOST_BYTES, waiting);
    return { ...read, isForeign: fault !== undefined, ...(fault === undefined ? {} : { fault }) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
