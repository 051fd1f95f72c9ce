import { randomBytes } from 'node:crypto';
import type { AppContext } from '../../app/context.ts';
import type { Interrupt } from '../../app/run/interrupt.ts';
import type { Pacings } from '../../app/org/pacings.ts';
import type { Host } from '../../domain/host.ts';
import type { Emit } from '../../domain/run/event.ts';
import type { EventLog } from './event-log.ts';

/** What all parts of the console get. */
export interface ConsoleContext {
  readonly host: Host;
  readonly events: EventLog;
  /** Ctrl-C in the terminal: the first one drains everything in progress, the second one leaves it. */
  readonly interrupt: Interrupt;
  readonly pacings: Pacings;
  readonly verbose: boolean;
  /** Opens the bytes of an upload, by the name that drafts and command lines use for it. */
  readonly openUpload: NonNullable<AppContext['openFile']>;
  /** Makes the end of the console wait for something in progress. */
  readonly underWay: <T>(work: Promise<T>) => Promise<T>;
}

/** Makes a new id that nobody can guess. */
export const newId = (): string => randomBytes(9).toString('base64url').replace(/^[-.]/, 'x');

/** Makes the context of a use case, with separate events, and signals that end it in addition to Ctrl-C. */
export function appContext(
  { host, interrupt, pacings, verbose, openUpload }: ConsoleContext,
  emit: Emit,
  own: { readonly drain?: AbortSignal; readonly leave?: AbortSignal } = {},
): AppContext {
  const either = (signal: AbortSignal, other: AbortSignal | undefined) =>
    other === undefined ? signal : AbortSignal.any([signal, other]);
  return {
    host,
    emit,
    // Progress is made from counts, so no reader is ever behind by more than one event.
    caughtUp: () => undefined,
    interrupt: {
      drain: either(interrupt.drain, own.drain),
      leave: either(interrupt.leave, own.leave),
      release: () => undefined,
    },
    pacings,
    verbose,
    openFile: openUpload,
  };
}
