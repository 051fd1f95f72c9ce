import type { Emit } from '../domain/run/event.ts';
import type { Host } from '../domain/host.ts';
import type { Interrupt } from './run/interrupt.ts';
import type { Pacings } from './org/pacings.ts';
import type { FilePorts } from '../selection/selection.ts';

/** What every use case gets. */
export interface AppContext {
  readonly host: Host;
  readonly emit: Emit;
  /** Undefined while the reader of the events keeps up. Otherwise resolves when it has caught up, or the signal aborts. */
  readonly caughtUp: (signal: AbortSignal) => Promise<void> | undefined;
  readonly interrupt: Interrupt;
  readonly pacings: Pacings;
  /** Log every call, not only failures. */
  readonly verbose: boolean;
  /** Opens the files of a selection that are not on disk under that name. */
  readonly openFile?: FilePorts['openFile'];
  /** Asks which sheet of a workbook is meant; undefined if there is nobody to ask. */
  readonly askSheet?: FilePorts['askSheet'];
}
