import type { Host } from '../domain/host.ts';
import type { ConfigFile } from './yaml/config-file.ts';

/** Where configuration comes from: the environment and files, read through functions so that tests can hand in their own. */
export interface ConfigSources {
  readonly env: Host['env'];
  readonly cwd: string;
  readonly homeDir: string;
  /** A file and whose it is; undefined where there is none. Other faults reject. */
  readonly readFile: (path: string) => Promise<ConfigFile | undefined>;
  /**
   * Runs a command of the admin's own and resolves with what it printed. Rejects with CONFIG_CREDENTIALS where it fails,
   * hangs or prints too much, and with the signal's reason.
   */
  readonly runCommand: (command: string, signal: AbortSignal) => Promise<string>;
  /** Tells the admin about something that works but should be put right. */
  readonly warn: (text: string, hint: string) => void;
  /** Tells the admin how something was understood. */
  readonly note: (text: string) => void;
}

/** Warns of a file that holds a secret and that other users of the machine may read. */
export function warnOfReaders(path: string, holds: string, mode: number, sources: ConfigSources) {
  if ((mode & 0o077) === 0) return;
  sources.warn(
    `${path} holds ${holds} which other users of this machine can read.`,
    `chmod 600 ${path}`,
  );
}
