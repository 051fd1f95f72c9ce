import { setMaxListeners } from 'node:events';
import type { SignalName } from '../../domain/host.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import { graver } from './stop-rules.ts';

function signalController(): AbortController {
  const controller = new AbortController();
  // As many listeners as rows are waiting. Each is removed when its wait ends.
  setMaxListeners(0, controller.signal);
  return controller;
}

const NAMES: ReadonlySet<string> = new Set<SignalName>(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE']);

/**
 * Returns who asked for a stop, from an abort's reason: a signal's name or `console`, or an object with one of them as
 * `signal`.
 */
export function stopOf(reason: unknown): StopReason {
  const name =
    typeof reason === 'object' && reason !== null && 'signal' in reason ? reason.signal : reason;
  if (name === 'console') return { kind: 'console' };
  const signal = typeof name === 'string' && NAMES.has(name) ? (name as SignalName) : 'SIGINT';
  return { kind: 'signal', signal };
}

/**
 * The early end of a run, in two degrees:
 * - stopping: no new attempt starts, and waits for another try end; calls in flight are settled
 * - leaving: everything ends at once; attempts in progress stay pending in the journal
 */
export class Halt {
  readonly #stopping = signalController();
  readonly #leaving = signalController();
  readonly #onStop: (stop: StopReason) => void;
  #stop: StopReason | undefined;
  #bug: { readonly error: unknown } | undefined;

  /** @param onStop called with each reason that becomes the run's */
  constructor(onStop: (stop: StopReason) => void) {
    this.#onStop = onStop;
  }

  /** Aborts when the run stops. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Aborts when the run is left. */
  get leaving(): AbortSignal {
    return this.#leaving.signal;
  }

  isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  isLeft(): boolean {
    return this.#leaving.signal.aborted;
  }

  get stop(): StopReason | undefined {
    return this.#stop;
  }

  /** Stops the run. If there are several reasons, the most severe one is kept. */
  request(stop: StopReason): void {
    const kept = graver(this.#stop, stop);
    if (kept !== this.#stop) {
      this.#stop = kept;
      this.#onStop(kept);
    }
    this.#stopping.abort(new Error('The run is stopping.'));
  }

  /** Leaves the run at once. */
  leave(): void {
    const reason = new Error('The run was left.');
    this.#stopping.abort(reason);
    this.#leaving.abort(reason);
  }

  /** Stops the run because of an unexpected error, which `throwBug` throws after everything is settled. */
  crash(error: unknown): void {
    this.#bug ??= { error };
    this.#stopping.abort(new Error('The run is stopping.'));
  }

  throwBug(): void {
    if (this.#bug !== undefined) throw this.#bug.error;
  }

  /** Stops on `drain` and leaves on `signal`. Returns the function that stops listening. */
  follow(drain: AbortSignal, signal: AbortSignal): () => void {
    const onDrain = () => this.request(stopOf(drain.reason as unknown));
    const onLeave = () => {
      this.request(stopOf(signal.reason as unknown));
      this.leave();
    };
    drain.addEventListener('abort', onDrain, { once: true });
    signal.addEventListener('abort', onLeave, { once: true });
    if (drain.aborted) onDrain();
    if (signal.aborted) onLeave();
    return () => {
      drain.removeEventListener('abort', onDrain);
      signal.removeEventListener('abort', onLeave);
    };
  }
}
