import pino from 'pino';
import { openExpendableFile } from '../disk/expendable-file.ts';
import type { Emit } from '../domain/run/event.ts';
import type { RunLog } from './run/run-log.ts';

/**
 * Opens run.log for appending (0600). A log that cannot be written never stops a run: there is one warning, and lines are
 * dropped. `redact` processes each line before it is written.
 */
export function openRunLog(
  path: string,
  options: {
    readonly verbose: boolean;
    readonly redact: (text: string) => string;
    readonly emit: Emit;
  },
): RunLog {
  // Not pino's own file, which on closing retries without end if the disk is full.
  const file = openExpendableFile(path, (code) => {
    const text = `${path} cannot be written (${code}). The run does not need it and continues.`;
    options.emit({ type: 'message', level: 'warning', text });
  });
  const logger = pino(
    {
      level: options.verbose ? 'debug' : 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    { write: (line: string) => file.write(options.redact(line)) },
  );
  return {
    info: (fields, message) => logger.info(fields, message),
    debug: (fields, message) => logger.debug(fields, message),
    close: file.close,
  };
}
