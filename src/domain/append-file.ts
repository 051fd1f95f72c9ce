/** A file that only grows: the few calls that are needed to write what must survive a crash. One call at a time. */
export interface AppendFile {
  /** The length of the file when it was opened. Bytes. */
  readonly size: number;
  /** Reads at most this many bytes from a position. */
  readonly readAt: (start: number, length: number) => Promise<Uint8Array>;
  /** Appends bytes and returns how many were accepted, which can be fewer than given. */
  readonly write: (bytes: Uint8Array) => Promise<number>;
  /** Resolves when everything written is on disk. */
  readonly sync: () => Promise<void>;
  readonly truncate: (length: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Appends complete lines durably. `append` resolves when its line is on disk, and the lines keep the order of the calls.
 * After the first error, every waiting and later append rejects with it (`AppError` DISK), and nothing is retried.
 */
export interface Appender {
  /** `line` ends with a newline and contains no other. */
  readonly append: (line: string) => Promise<void>;
  /** Waits for the appended lines, then closes the file. Rejects if a line could not be stored. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a file of lines for appending, and creates it with mode 0600 if it is missing. An incomplete last line is cut
 * off first.
 */
export type OpenLines = (path: string) => Promise<Appender>;
