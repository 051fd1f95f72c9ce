import type { Host } from '../domain/host.ts';

/** Where configuration comes from: the environment and files, read through functions so that tests can hand in their own. */
export interface ConfigSources {
  readonly env: Host['env'];
  readonly cwd: string;
  readonly homeDir: string;
  /** Text and permission bits of a file; undefined where there is none. Other faults reject. */
  readonly readFile: (
    path: string,
  ) => Promise<{ readonly text: string; readonly mode: number } | undefined>;
  /** Tells the admin about something that works but should be mended. */
  readonly warn: (text: string, hint: string) => void;
}
