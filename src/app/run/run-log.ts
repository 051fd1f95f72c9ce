/** Writes NDJSON lines to a run's log. Callers choose the fields; whole objects are never written. */
export interface RunLog {
  readonly info: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  readonly debug: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  /** Writes what is left. Never rejects. */
  readonly close: () => Promise<void>;
}

export const NO_LOG: RunLog = {
  info: () => undefined,
  debug: () => undefined,
  close: () => Promise.resolve(),
};
