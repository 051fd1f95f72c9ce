import { systemCode } from '../../disk/disk-error.ts';
import { readCredential, type Waiting } from '../../disk/named-file.ts';

/** A configuration file, as it stands on disk. */
export interface ConfigFile {
  /** Empty where the file is foreign. */
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
  /** Somebody else owns the file (root aside), or can write to it. */
  readonly isForeign: boolean;
  /** What makes it foreign; the rest of a sentence about it. */
  readonly fault?: string;
}

/** More than any token, key or configuration has. */
const MOST_BYTES = 256 * 1024;

/**
 * Reads a file for configuration; undefined where there is none. What is judged is what is read. Rejects with the
 * system's error, or the signal's reason.
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
