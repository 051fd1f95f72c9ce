import type { Emit } from '../domain/event.ts';
import type { Host } from '../domain/host.ts';
import type { Interrupt } from './interrupt.ts';
import type { Pacings } from './pacings.ts';

/** What every use case is given. */
export interface AppContext {
  readonly host: Host;
  readonly emit: Emit;
  readonly interrupt: Interrupt;
  readonly pacings: Pacings;
  /** Log every call, not only what went wrong. */
  readonly verbose: boolean;
}
