import { open } from 'node:fs/promises';
import { userInfo } from 'node:os';

/** A configuration file, as it stands on disk. */
export interface ConfigFile {
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
  /** Somebody else owns the file (root aside), or can write to it. */
  readonly isForeign: boolean;
}

/** Reads a file for configuration; undefined where there is none. What is judged is what is read: one descriptor. */
export async function readConfigFile(path: string): Promise<ConfigFile | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const facts = await file.stat();
      const text = await file.readFile('utf8');
      const { uid } = userInfo();
      // Windows keeps rights elsewhere, and shows none of them here.
      if (uid === -1) return { text, mode: 0o600, isForeign: false };
      const owned = facts.uid === uid || facts.uid === 0;
      const isForeign = !owned || (facts.mode & 0o022) !== 0;
      return { text, mode: facts.mode & 0o777, isForeign };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code: unknown =
      typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    throw error;
  }
}
