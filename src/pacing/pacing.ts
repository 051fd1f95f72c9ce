/**
 * The pacing decides when the next call of a bucket starts. Its words:
 * - window: the time after which a bucket starts to count again; over shortly after its end, by its header or its length
 * - share: the calls of a window that we can use (`--rate-share`)
 * - budget: what can still be used: of our share, and of the smallest number of calls left that an answer showed
 * - probe: the single call that finds out whether the next window is open; its answer starts the others
 * - shared: others use the window too; then half of what is left can be in flight, and the last call is left to them
 * - late: how much later than stated the windows have ended
 * - slot: room for one call in flight, whatever its bucket; the cap is how many there are now
 * - rank: the number of calls in flight when one starts, including itself
 * - rest: how long the cap stays unchanged after a concurrency 429
 * - own pace: calls spread evenly by `--per-minute` and `--per-hour`
 */
import type { Pacing } from '../domain/org/pacing.ts';
import { Gate, type PacingOptions, type PacingPorts } from './gate.ts';
import { Slots } from './slots.ts';

/** Starts the pacing of one org: a gate per bucket, and shared slots. `close` rejects waiting callers, leaving no timer. */
export function createPacing(
  options: PacingOptions,
  ports: PacingPorts,
): Pacing & { readonly close: () => void } {
  const gates = new Map<string, Gate>();
  const turns: Gate[] = [];
  const slots = new Slots(options.maxInFlight, ports.random);
  // A free slot belongs to no bucket, so the gates take turns at being asked first.
  const onEnd = () => {
    turns.push(...turns.splice(0, 1));
    for (const gate of turns) gate.turn();
  };

  const gateOf = (bucket: string): Gate => {
    const known = gates.get(bucket);
    if (known !== undefined) return known;
    const gate = new Gate(bucket, options, { ...ports, slots, onEnd });
    gates.set(bucket, gate);
    turns.push(gate);
    return gate;
  };

  return {
    enter: (bucket, signal) => gateOf(bucket).enter(signal),
    isOpen: (bucket) => gateOf(bucket).isOpen(),
    limits: () => [...gates.values()].flatMap((gate) => gate.bucket.limit() ?? []),
    traffic: () => [...gates.values()].map((gate) => gate.traffic()),
    close: () => {
      const reason = new DOMException('The pacing is closed.', 'AbortError');
      for (const gate of gates.values()) gate.close(reason);
    },
  };
}
