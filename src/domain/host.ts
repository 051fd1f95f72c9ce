import type { Clock, Random } from './clock.ts';

/** A place text is written to. `write` resolves when the text is accepted, also under backpressure. */
export interface Output {
  readonly write: (text: string) => Promise<void>;
  readonly isTty: boolean;
  /** Why nothing more can be written there, as the system's code; EPIPE where the reader has gone away. */
  readonly broken?: () => string | undefined;
  /** Width and height of the terminal, asked each time; 80 × 24 where there is none. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Calls back when a terminal changes its size; returns the function that ends it. */
  readonly onResize: (listener: () => void) => () => void;
}

export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE';

/** Everything outside the program: the one place where process, streams, time and chance come in. */
export interface Host {
  readonly argv: readonly string[];
  /** How this program is called where it was called: `okta-reset`, `npx okta-reset`, … */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly homeDir: string;
  /** The account this process acts as; undefined where the system has no such numbers (Windows). */
  readonly userId: number | undefined;
  readonly pid: number;
  /** Whether a process with this id runs on this machine; true where it cannot be known. */
  readonly isAlive: (pid: number) => boolean;
  /** Kills the process group that this process leads, at once; one that is gone is no error. Not on Windows. */
  readonly killGroup: (leader: number) => void;
  readonly hostname: string;
  readonly platform: string;
  readonly nodeVersion: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly stdin: AsyncIterable<Uint8Array> & {
    readonly isTty: boolean;
    /** Lets go of the input, so that a read nobody waits for keeps nothing alive. */
    readonly close: () => void;
  };
  readonly stdout: Output;
  readonly stderr: Output;
  /** Calls back for each signal, a closed output counting as SIGPIPE; returns the function that ends it. */
  readonly onSignal: (listener: (signal: SignalName) => void) => () => void;
  /** Leaves at once, without draining; for the second Ctrl-C. */
  readonly exit: (code: number) => never;
}
