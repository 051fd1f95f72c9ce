import type { Target } from '../../../domain/plan/plan.ts';
import type { Repeats } from '../../../plan/verdicts/repeats.ts';
import { isActedOn, skip, type SkipPorts } from '../../run/skip-row.ts';

/**
 * Passes on the targets that no other run has acted on since the plan was made; the others end as `skipped`. Rows of which
 * something was done by this run itself are passed on.
 */
export async function* spareDone(
  targets: AsyncIterable<Target>,
  repeats: Repeats,
  ports: SkipPorts,
): AsyncIterable<Target> {
  for await (const target of targets) {
    const isOpen = !ports.state.ended(target.row) && !isActedOn(ports, target.row);
    if (isOpen && repeats.of(target.userId) !== undefined)
      await skip(target, 'already-done', ports);
    else yield target;
  }
}
