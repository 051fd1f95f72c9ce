/** The formats of run.json and plan.jsonl that this version reads and executes. */
export const RUN_FORMATS = [1, 2] as const;

export type RunFormat = (typeof RUN_FORMATS)[number];

/** The format of new runs. */
export const NEW_RUN_FORMAT: RunFormat = 2;
