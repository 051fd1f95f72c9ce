import type { OrgFlags } from '../../config/org.ts';
import type { Host } from '../../domain/host.ts';

/** How the console is opened. */
export interface ConsoleInput {
  /** The port on loopback; undefined for any free one. */
  readonly port: number | undefined;
  /** Opens the desktop's browser, if there is one. */
  readonly browser: boolean;
  /** Key files to open temporary passwords and links with. */
  readonly identities: readonly string[];
  /** The org from the command line. */
  readonly org: OrgFlags;
  readonly verbose: boolean;
  readonly tell: (told: ConsoleTold) => Promise<void>;
}

/** What the console writes in the terminal that started it. */
export type ConsoleTold =
  /** `link` works once. */
  | { readonly kind: 'listening'; readonly url: string; readonly link: string }
  | { readonly kind: 'link'; readonly link: string }
  | { readonly kind: 'warning'; readonly text: string; readonly hint: string }
  /** Ctrl-C was pressed, and this number of runs is settled before the console ends. */
  | { readonly kind: 'closing'; readonly phase: 'drain' | 'leave'; readonly runs: number };

/** Opens the console and serves it until Ctrl-C. Resolves with the exit code; rejects with AppError. */
export type OpenConsole = (input: ConsoleInput, host: Host) => Promise<number>;
