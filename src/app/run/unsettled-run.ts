import { diskAdvice } from '../../disk/disk-error.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { EXIT, exitCodeOfRun, type ExitCode } from '../../domain/codes/exit-code.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import { StopRequest, type StopCause } from './interrupt.ts';

/**
 * Makes the error of a run that was left before its calls in flight were settled; `resume` is the command that
 * continues it.
 */
export function leftAtOnce(resume: string, reason: unknown): AppError {
  const cause = reason instanceof StopRequest ? reason.signal : 'SIGINT';
  return new AppError('INTERRUPTED', 'Left at once. The journal has everything that was done.', {
    hint: `To find out what happened to the calls under way, and continue: ${resume}`,
    exitCode: exitCodeOf(cause),
  });
}

function exitCodeOf(cause: StopCause): ExitCode {
  if (cause === 'console') return EXIT.incomplete;
  return cause === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
}

/** Adds the command that continues the run to an error of the disk. Other errors stay as they are. */
export function goingOnWith(command: string, error: unknown): unknown {
  if (!(error instanceof AppError && error.code === 'DISK')) return error;
  return new AppError('DISK', error.message, {
    hint: `${diskAdvice(error.cause)} Then: ${command}`,
    exitCode: error.exitCode,
    cause: error.cause,
  });
}

/** How a run ended whose report cannot be written. */
export interface Unreported {
  /** The command that continues the run, or that writes the report if it has ended. */
  readonly resume: string;
  /** Why the run stopped; undefined if all its rows ended. */
  readonly stop: StopReason | undefined;
  readonly succeeded: number;
  readonly targets: number;
}

/** Reports how the run ended even if its report cannot be written. A bug is passed on unchanged. */
export function unreported({ resume, stop, succeeded, targets }: Unreported, error: unknown) {
  if (!(error instanceof AppError)) return error;
  const done = `${succeeded} of ${targets} users are done, and the journal has everything`;
  if (error.code !== 'DISK') {
    const ended = stop === undefined ? 'finished' : 'stopped';
    return new AppError(
      error.code,
      `The run is ${ended}; its report is not written. ${error.message}`,
      {
        hint: `${done}. ${error.hint} Then: ${resume}`,
        exitCode: error.exitCode,
        cause: error,
      },
    );
  }
  const advice = diskAdvice(error.cause);
  if (stop === undefined) {
    return new AppError('DISK', `The run is finished. ${error.message}`, {
      hint: `${done}. ${advice} To write the report, without sending anything again: ${resume}`,
      cause: error.cause,
    });
  }
  const why = stop.kind === 'disk' ? stop.detail : error.message;
  return new AppError('DISK', `The run stopped: ${why}`, {
    hint: `Nothing more was sent; ${done}. ${advice} Then: ${resume}`,
    exitCode: exitCodeOfRun({ stop, failedOrUnknown: 0, notAttempted: 1 }),
    cause: error.cause,
  });
}
