import type { Emit } from '../domain/run/event.ts';
import type { Host } from '../domain/host.ts';
import type { Interrupt } from './run/interrupt.ts';
import type { Pacings } from './org/pacings.ts';
import type { FilePorts } from '../selection/selection.ts';

/** What every use case is given. */
export interface AppContext {
  readonly host: Host;
  readonly emit: Emit;
  /** Undefined while the reader of the events keeps up; else resolves when it has caught up, or the signal aborts. */
  readonly caughtUp: (signal: AbortSignal) => Promise<void> | undefined;
  readonly interrupt: Interrupt;
  readonly pacings: Pacings;
  /** Log every call, not only what went wrong. */
  readonly verbose: boolean;
  /** Opens the files that a selection names, where those are not what the disk has by that name. */
  readonly openFile?: FilePorts['openFile'];
  /** Asks which sheet of a workbook is meant; undefined where nobody is there to be asked. */
  readonly askSheet?: FilePorts['askSheet'];
}
