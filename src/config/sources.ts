import type { Host } from '../domain/host.ts';
import type { ConfigFile } from './yaml/config-file.ts';

/** Where configuration comes from: the environment and files, read through functions that tests can replace. */
export interface ConfigSources {
  readonly env: Host['env'];
  readonly cwd: string;
  readonly homeDir: string;
  /** Reads a file and its owner; undefined if it is missing. Rejects with any other error. */
  readonly readFile: (path: string) => Promise<ConfigFile | undefined>;
  /**
   * Runs one of the admin's commands and resolves with its output. Rejects with CONFIG_CREDENTIALS if it fails, hangs or
   * prints too much, and with the signal's reason.
   */
  readonly runCommand: (command: string, signal: AbortSignal) => Promise<string>;
  /** Warns the admin about something that works but should be changed. */
  readonly warn: (text: string, hint: string) => void;
  /** Tells the admin how something was understood. */
  readonly note: (text: string) => void;
}

/** Warns about a file that contains a secret and can be read by other users of the machine. */
export function warnOfReaders(path: string, holds: string, mode: number, sources: ConfigSources) {
  if ((mode & 0o077) === 0) return;
  sources.warn(
    `${path} contains ${holds} which other users of this machine can read.`,
    `chmod 600 ${path}`,
  );
}
