import type { StopReason } from '../../domain/run/stop.ts';

/** Thrown by the targets where nothing more of them may be sent: the run stops for that, and settles what is in flight. */
export class TargetsStop extends Error {
  readonly stop: StopReason;

  constructor(stop: StopReason) {
    super(`The targets ended: ${stop.kind}`);
    this.name = 'TargetsStop';
    this.stop = stop;
  }
}
