import Bottleneck from 'bottleneck';

/** What stands behind a turnstile: the calculator, asked anew for each call. */
export interface TurnstileKeeper<Pass> {
  /**
   * How many calls may start now, with `waiting` at the gate; `budget` leaves out the limit on calls in flight. With
   * none to start the keeper calls `turn` again when that may have changed.
   */
  readonly allow: (waiting: number) => { readonly start: number; readonly budget: number };
  /** Starts one call. */
  readonly admit: (waiting: number) => Pass;
}

/** A gate in front of one bucket: first come, first served. */
export interface Turnstile<Pass> {
  /** Resolves when the caller's call has started; rejects with the signal's reason, and then has used up nothing. */
  readonly enter: (signal: AbortSignal) => Promise<Pass>;
  /** Lets through whoever may go now. */
  readonly turn: () => void;
  readonly waiting: () => number;
  readonly close: (reason: unknown) => void;
}

interface Waiter<Pass> {
  readonly resolve: (pass: Pass) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal;
}

/** One draw from the limiter admits at most this many calls. */
const DRAW_MOST = 1024;

/**
 * Makes a turnstile over a bottleneck limiter. The limiter's reservoir is what the calculator allows; one limiter
 * job draws the weight of many calls at once, for a job costs two timer turns (about 440 jobs/s measured).
 */
export function createTurnstile<Pass>(keeper: TurnstileKeeper<Pass>): Turnstile<Pass> {
  const limiter = new Bottleneck({ reservoir: 0 });
  const queue = new Set<Waiter<Pass>>();
  const heeded = new WeakSet<AbortSignal>();
  /** Calls drawn from the limiter and not yet started. */
  let stock = 0;
  let drawing = false;
  let closed: { readonly reason: unknown } | undefined;

  const draw = (budget: number): void => {
    if (drawing) return;
    drawing = true;
    const weight = Math.min(DRAW_MOST, budget);
    // What an earlier draw left over is taken back with the new reservoir.
    void limiter.updateSettings({ reservoir: weight });
    limiter
      .schedule({ weight }, () => Promise.resolve())
      .then(
        () => {
          drawing = false;
          stock = weight;
          turn();
        },
        // Only a closed limiter drops its jobs.
        () => undefined,
      );
  };

  const turn = (): void => {
    while (queue.size > 0 && closed === undefined) {
      const { start, budget } = keeper.allow(queue.size);
      if (start <= 0) {
        // The window has closed: what was drawn for it is void.
        if (budget <= 0) stock = 0;
        return;
      }
      if (stock <= 0) {
        draw(budget);
        return;
      }
      const [first] = queue;
      if (first === undefined) return;
      queue.delete(first);
      stock -= 1;
      first.resolve(keeper.admit(queue.size + 1));
    }
    if (stock > 0 && stock < DRAW_MOST / 2 && keeperIsOpen()) draw(DRAW_MOST);
  };

  /** An unlimited bucket draws ahead, so that its workers never wait for the limiter's timers. */
  const keeperIsOpen = (): boolean => keeper.allow(0).budget === Infinity;

  /** One listener per signal: a run's workers share one, and Node warns of a leak beyond ten. */
  const heed = (signal: AbortSignal): void => {
    if (heeded.has(signal)) return;
    heeded.add(signal);
    const onAbort = () => {
      for (const waiter of queue) {
        if (waiter.signal !== signal) continue;
        queue.delete(waiter);
        waiter.reject(asError(signal.reason));
      }
    };
    signal.addEventListener('abort', onAbort, { once: true });
  };

  return {
    enter: (signal) => {
      if (closed !== undefined) return Promise.reject(asError(closed.reason));
      if (signal.aborted) return Promise.reject(asError(signal.reason));
      heed(signal);
      return new Promise<Pass>((resolve, reject) => {
        queue.add({ resolve, reject, signal });
        turn();
      });
    },
    turn,
    waiting: () => queue.size,
    close: (reason) => {
      if (closed !== undefined) return;
      closed = { reason };
      for (const waiter of queue) {
        waiter.reject(asError(reason));
      }
      queue.clear();
      void limiter.stop({ dropWaitingJobs: true });
      void limiter.disconnect();
    },
  };
}

/** An abort's reason is passed on untouched; it need not be an Error. */
function asError(reason: unknown): Error {
  return reason as Error;
}
