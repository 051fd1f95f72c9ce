/** Writes NDJSON lines to a run's log. Callers pass fields of their own choosing: there is no dumping of objects. */
export interface RunLog {
  readonly info: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  readonly debug: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  /** Hands on what is left. Never rejects. */
  readonly close: () => Promise<void>;
}

export const NO_LOG: RunLog = {
  info: () => undefined,
  debug: () => undefined,
  close: () => Promise.resolve(),
};
