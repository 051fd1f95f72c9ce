import type { Host } from '../../domain/host.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { Flag } from './flags/flag.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Parsed } from './flags/typed-flags.ts';

/** A command of the command line, as data. `load` brings in its code only when it is called, so that `--help` is quick. */
export interface Command {
  readonly name: string;
  /** `RUN`, `CODE`: what stands after the command's name. */
  readonly positional?: {
    readonly name: string;
    readonly required: boolean;
    readonly describe: string;
    /** The words it may be, for completion. */
    readonly choices?: readonly string[];
  };
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** What `--json` comes to here, where that is not events on standard output. */
  readonly json?: string;
  readonly examples: readonly (readonly [command: string, does: string])[];
  readonly load: () => Promise<{ readonly execute: Execute }>;
}

/** The plan that somebody has seen on the way to a question: what is executed must be that. */
export interface ShownPlan {
  run?: RunFile;
}

/** Runs a command; the number is the exit code. Rejects with AppError. */
export type Execute = (call: {
  readonly parsed: Parsed;
  readonly positional: readonly string[];
  readonly terminal: Terminal;
  /** Every command there is. */
  readonly commands: readonly Command[];
  /** Runs another command line, in a host of the caller's making. */
  readonly call: (argv: readonly string[], host: Host, shown?: ShownPlan) => Promise<number>;
  /** The plan whose preview was shown just before; a command that shows one fills it in. */
  readonly shown?: ShownPlan;
}) => Promise<number>;
