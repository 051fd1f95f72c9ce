import type { Emit } from '../../domain/run/event.ts';
import { settledByMs } from './patience.ts';
import type { Circumstances, Transition } from '../row/transition.ts';

/** Reports how many rows wait to see whether their call took effect, and until when at most, whenever that changes. */
export class Doubts {
  readonly #emit: Emit;
  /** By row: when it is settled at the latest, by the org's clock. */
  readonly #rows = new Map<number, number>();

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  watch({ row: { state, target }, next }: Transition, { patience }: Circumstances): void {
    const doubt = next.kind === 'go-on' && 'doubt' in state ? state.doubt : undefined;
    const waits = next.kind === 'go-on' && (next.afterMs > 0 || state.kind === 'asking');
    if (doubt !== undefined && waits) {
      const untilMs = settledByMs(doubt.sinceMs, patience);
      if (this.#rows.get(target.row) === untilMs) return;
      this.#rows.set(target.row, untilMs);
    } else if (doubt !== undefined) return;
    else if (!this.#rows.delete(target.row)) return;
    let untilMs = 0;
    for (const rowMs of this.#rows.values()) untilMs = Math.max(untilMs, rowMs);
    this.#emit({ type: 'settling', rows: this.#rows.size, untilMs });
  }
}
