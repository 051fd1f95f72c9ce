import type { Clock, Random } from './clock.ts';

/** A stream that text is written to. `write` resolves when the text is accepted, also under backpressure. */
export interface Output {
  readonly write: (text: string) => Promise<void>;
  readonly isTty: boolean;
  /** Why nothing more can be written to it, as the system's error code; EPIPE if the reader has closed it. */
  readonly broken?: () => string | undefined;
  /** Width and height of the terminal, measured on each read; 80 × 24 if there is no terminal. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Calls back when the size of the terminal changes. Returns the function that stops listening. */
  readonly onResize: (listener: () => void) => () => void;
}

export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE';

/** Everything outside the program: the process, its streams, time and chance all come from here. */
export interface Host {
  readonly argv: readonly string[];
  /** The words that start this program the way it was started: `okta-reset`, `npx okta-reset`, … */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly homeDir: string;
  /** The user id of this process; undefined on a system without such ids (Windows). */
  readonly userId: number | undefined;
  readonly pid: number;
  /** Tells whether a process with this id is running on this machine; true if that cannot be known. */
  readonly isAlive: (pid: number) => boolean;
  /** Kills the process group that this process leads, at once. It is not an error if the group has ended. Not on Windows. */
  readonly killGroup: (leader: number) => void;
  readonly hostname: string;
  readonly platform: string;
  readonly nodeVersion: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly stdin: AsyncIterable<Uint8Array> & {
    readonly isTty: boolean;
    /** Releases the input, so that a read that nobody waits for does not keep the process alive. */
    readonly close: () => void;
  };
  readonly stdout: Output;
  readonly stderr: Output;
  /** Calls back for each signal (a closed output counts as SIGPIPE). Returns the function that stops listening. */
  readonly onSignal: (listener: (signal: SignalName) => void) => () => void;
  /** Exits at once, without draining; for the second Ctrl-C. */
  readonly exit: (code: number) => never;
}
