import { isBound } from '../../domain/plan/action.ts';
import type { Transition } from '../row/transition.ts';

/** Knows which rows in progress still have to send a step that no stop must come before. */
export class BoundRows {
  readonly #rows = new Set<number>();

  get size(): number {
    return this.#rows.size;
  }

  watch({ row, next }: Transition): void {
    if (next.kind === 'go-on' && isBound(row.after, row.steps[0])) this.#rows.add(row.target.row);
    else this.#rows.delete(row.target.row);
  }
}
