/** A file that only grows; the few calls through which the product writes what must survive. Calls come one at a time. */
export interface AppendFile {
  /** Bytes in the file when it was opened. */
  readonly size: number;
  /** Reads at most so many bytes from a place on. */
  readonly readAt: (start: number, length: number) => Promise<Uint8Array>;
  /** Appends bytes and returns how many were taken, which may be fewer than given. */
  readonly write: (bytes: Uint8Array) => Promise<number>;
  /** Resolves when everything written is on disk. */
  readonly sync: () => Promise<void>;
  readonly truncate: (length: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Appends whole lines durably: `append` resolves when its line is on disk, and the order of calls is the order in the
 * file. After the first error every waiting and later append rejects with it (`AppError` DISK); nothing is tried again.
 */
export interface Appender {
  /** `line` ends with a newline and holds no other. */
  readonly append: (line: string) => Promise<void>;
  /** Waits for what was appended, then closes the file. Rejects if anything was not kept. */
  readonly close: () => Promise<void>;
}

/** Opens a file of lines for appending, created 0600 if missing; an incomplete last line is cut off first. */
export type OpenLines = (path: string) => Promise<Appender>;
