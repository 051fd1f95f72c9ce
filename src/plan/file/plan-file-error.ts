import { dirname, join } from 'node:path';
import { sizeOf } from '../../disk/look.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';
import { RUN_FORMATS } from '../../domain/run/run-format.ts';

/** Returns the system's code of a failed file call; undefined for any other error. */
function fileCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('syscall' in error)) return undefined;
  return 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}

/** Makes the error of a plan file that cannot be written. */
export function writeError(path: string, error: unknown): unknown {
  const code = fileCode(error);
  if (code === undefined) return error;
  if (code === 'EEXIST') {
    return new AppError('RUN_EXISTS', `There is already a plan at ${path}.`, {
      hint: 'Choose another --out, or resume the run that is there.',
      cause: error,
    });
  }
  return new AppError('DISK', `The plan could not be written to ${path} (${code}).`, {
    hint: 'Nothing was sent, and there is nothing to resume. Make room, or choose another folder with --out DIR.',
    exitCode: EXIT.usage,
    cause: error,
  });
}

/** Makes the error of a run that has begun and has lost its plan. */
function lostError(path: string, cause: unknown): AppError {
  return new AppError('RUN_DAMAGED', `The plan ${path} is missing, although the run has begun.`, {
    hint: `Restore ${RUN_FILES.plan} from a copy of the run directory. Without it, this run cannot be continued or reported. ${RUN_FILES.journal} in the same folder shows who was acted on.`,
    cause,
  });
}

/** Makes the error of a plan file that cannot be read. If it is missing, the journal next to it shows whether the run has begun. */
export async function readError(path: string, error: unknown): Promise<unknown> {
  const code = fileCode(error);
  if (code === undefined) return error;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const journalBytes = await sizeOf(join(dirname(path), RUN_FILES.journal));
    if (journalBytes !== undefined && journalBytes > 0) return lostError(path, error);
    return new AppError('RUN_NOT_FOUND', `There is no plan at ${path}.`, {
      hint: 'Name a run directory that okta-reset plan or okta-reset run made, or use --last for the newest.',
      cause: error,
    });
  }
  return new AppError('DISK', `The plan at ${path} could not be read (${code}).`, {
    hint: 'Check the permissions of the run directory, and the disk.',
    cause: error,
  });
}

/** Makes the error of a plan file with a line that okta-reset did not write. */
export function damagedError(path: string, line: number): AppError {
  return new AppError('RUN_DAMAGED', `The plan ${path} is damaged at line ${line}.`, {
    hint: 'A damaged plan is never executed. Make a new one: okta-reset plan',
  });
}

/** Makes the error of a plan file that has changed since it was checked. */
export function swappedError(path: string, line: number): AppError {
  return new AppError(
    'PLAN_CHANGED',
    `The plan ${path} was changed while it was in use, at line ${line} or after it. Nothing more was sent.`,
    {
      hint: 'Restore the plan.jsonl that was previewed, and find out what changes files there. If you do not have it, make a new plan.',
    },
  );
}

export function otherFormatError(path: string, format: number): AppError {
  return new AppError(
    'RUN_FORMAT',
    `The plan ${path} has format ${format}; this version reads ${RUN_FORMATS.join(' and ')}.`,
    {
      hint: 'Use the version of okta-reset that run.json names, or make a new plan.',
    },
  );
}
