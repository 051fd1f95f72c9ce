import type { Host, SignalName } from '../../domain/host.ts';

/** How a person ends a run: `drain` starts no new work and settles calls in flight; `leave` exits at once. */
export interface Interrupt {
  readonly drain: AbortSignal;
  readonly leave: AbortSignal;
  readonly release: () => void;
}

/** What asks for a stop: a signal, or the Stop button of the console. */
export type StopCause = SignalName | 'console';

/** Why a drain began, as the reason of the abort. */
export class StopRequest extends Error {
  override readonly name = 'StopRequest' as const;
  readonly signal: StopCause;

  constructor(signal: StopCause) {
    super(`stopped by ${signal}`);
    this.signal = signal;
  }
}

/** Tells whether the reader of our output has closed it, which is a normal end for a command that only prints. */
export function isClosedOutput(error: unknown): boolean {
  return error instanceof StopRequest && error.signal === 'SIGPIPE';
}

/**
 * For this long after the first signal, another one is taken for the same key press, or for a parent that passes it on too.
 */
const ECHO_MS = 500;

/**
 * Listens for signals: the first one drains, a later one exits at once. A closed output only ever drains. `onSignal` is
 * called for each signal that counts.
 */
export function watchSignals(
  host: Host,
  onSignal: (signal: SignalName, phase: 'drain' | 'leave') => void,
): Interrupt {
  const drain = new AbortController();
  const leave = new AbortController();
  let firstMs: number | undefined;
  const release = host.onSignal((signal) => {
    const nowMs = host.clock.monotonicMs();
    if (firstMs === undefined) {
      firstMs = nowMs;
      onSignal(signal, 'drain');
      drain.abort(new StopRequest(signal));
      return;
    }
    if (signal === 'SIGPIPE' || leave.signal.aborted || nowMs - firstMs < ECHO_MS) return;
    onSignal(signal, 'leave');
    leave.abort(new StopRequest(signal));
  });
  return { drain: drain.signal, leave: leave.signal, release };
}
