import type { OrgFlags } from '../../config/org.ts';
import type { Host } from '../../domain/host.ts';

/** How the console is opened. */
export interface ConsoleInput {
  /** The port on loopback; undefined for a free one. */
  readonly port: number | undefined;
  /** Opens the desktop's browser, where there is one. */
  readonly browser: boolean;
  /** Key files that temporary passwords and links are opened with. */
  readonly identities: readonly string[];
  /** The org that the command line names. */
  readonly org: OrgFlags;
  readonly verbose: boolean;
  readonly tell: (told: ConsoleTold) => Promise<void>;
}

/** What the console says in the terminal that it was opened in. */
export type ConsoleTold =
  /** `link` works once. */
  | { readonly kind: 'listening'; readonly url: string; readonly link: string }
  | { readonly kind: 'link'; readonly link: string }
  | { readonly kind: 'warning'; readonly text: string; readonly hint: string }
  /** Ctrl-C was pressed: so many runs are settled before the end. */
  | { readonly kind: 'closing'; readonly phase: 'drain' | 'leave'; readonly runs: number };

/** Opens the console and serves it until Ctrl-C. Resolves with the exit code; rejects with AppError. */
export type OpenConsole = (input: ConsoleInput, host: Host) => Promise<number>;
