import type { Failure } from '../domain/failure.ts';
import { decideOn } from '../domain/okta-error.ts';
import type { StopReason } from '../domain/stop.ts';
import { stopOf } from './retry.ts';

/** Thrown by the targets where the org no longer tells who they are: the run stops for that, and settles what is in flight. */
export class TargetsStop extends Error {
  readonly stop: StopReason;

  constructor(stop: StopReason) {
    super(`The targets ended: ${stop.kind}`);
    this.name = 'TargetsStop';
    this.stop = stop;
  }
}

/** Makes the stop of a read of targets that failed for good. */
export function targetsStop(failure: Failure): TargetsStop {
  const { stop } = decideOn(failure);
  if (stop !== undefined) return new TargetsStop(stopOf(stop, failure));
  const status = failure.kind === 'okta' ? failure.status : undefined;
  const kind = status === 401 ? 'credentials' : status === 403 ? 'permission' : 'org-unavailable';
  return new TargetsStop(stopOf(kind, failure));
}
