import type { Clock } from '../../domain/clock.ts';
import type { Emit } from '../../domain/run/event.ts';
import { isSilent } from '../row/transition.ts';
import type { Circumstances, Transition } from '../row/transition.ts';

/** Shorter waits are not reported. */
const WORTH_SAYING_MS = 1000;

/** Reports that the org is away while rows wait for it: once per wait, not once per row. */
export class Outage {
  readonly #clock: Clock;
  readonly #emit: Emit;
  #untilMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, emit: Emit) {
    this.#clock = clock;
    this.#emit = emit;
  }

  watch({ next, row }: Transition, around: Circumstances): void {
    if (next.kind !== 'go-on' || row.state.kind === 'asking') return;
    const { failure } = row.tries;
    const readOnly = failure?.kind === 'okta' && failure.oktaCode === 'E0000010';
    if (next.afterMs < WORTH_SAYING_MS || !(readOnly || isSilent(around))) return;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#untilMs) return;
    this.#untilMs = nowMs + next.afterMs;
    this.#emit({
      type: 'pause',
      bucket: 'org',
      waitMs: next.afterMs,
      cause: 'org-unavailable',
    });
  }
}
