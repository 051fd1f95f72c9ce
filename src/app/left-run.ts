import { AppError } from '../domain/app-error.ts';
import { EXIT, exitCodeOfRun } from '../domain/exit-code.ts';
import type { StopReason } from '../domain/stop.ts';
import { StopRequest } from './interrupt.ts';

/** The error of a run that was left before what was in flight was settled; `resume` is the command that goes on. */
export function leftAtOnce(resume: string, reason: unknown): AppError {
  const signal = reason instanceof StopRequest ? reason.signal : 'SIGINT';
  return new AppError('INTERRUPTED', 'Left at once. The journal holds everything that was done.', {
    hint: `This settles what was in flight and goes on: ${resume}`,
    exitCode: signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm,
  });
}

/** A disk that keeps no journal keeps no report either; how to go on must be said all the same. */
export function stoppedUnreported(resume: string, stop: StopReason, error: unknown): unknown {
  if (!(error instanceof AppError && error.code === 'DISK')) return error;
  const why = stop.kind === 'disk' ? stop.detail : 'its report cannot be written.';
  return new AppError('DISK', `The run stopped: ${why}`, {
    hint: `Nothing more was sent, and the journal holds everything that was done. Make room, then: ${resume}`,
    exitCode: exitCodeOfRun({ stop, failedOrUnknown: 0, notAttempted: 1 }),
    cause: error,
  });
}
