import { closeSync, openSync } from 'node:fs';
import pino from 'pino';

/** Writes NDJSON lines to a run's log. Callers pass fields of their own choosing: there is no dumping of objects. */
export interface RunLog {
  readonly info: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  readonly debug: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  readonly close: () => void;
}

export const NO_LOG: RunLog = {
  info: () => undefined,
  debug: () => undefined,
  close: () => undefined,
};

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
