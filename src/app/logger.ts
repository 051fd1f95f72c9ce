import { closeSync, openSync } from 'node:fs';
import pino from 'pino';
import { NO_LOG, type RunLog } from './run-log.ts';

/**
 * Opens run.log for appending (0600). A log that cannot be written never stops a run: its lines are dropped.
 * `redact` sees each line before it is written.
 */
export function openRunLog(
  path: string,
  options: { readonly verbose: boolean; readonly redact: (text: string) => string },
): RunLog {
  let fd: number;
  try {
    fd = openSync(path, 'a', 0o600);
  } catch {
    return NO_LOG;
  }
  const sink = pino.destination({ fd, sync: false, minLength: 4096 });
  sink.on('error', () => undefined);
  const logger = pino(
    {
      level: options.verbose ? 'debug' : 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    { write: (line: string) => sink.write(options.redact(line)) },
  );
  return {
    info: (fields, message) => logger.info(fields, message),
    debug: (fields, message) => logger.debug(fields, message),
    close: () => {
      try {
        sink.flushSync();
        closeSync(fd);
      } catch {
        // The disk may be full; the journal, not the log, is the truth.
      }
    },
  };
}
