export const OUTCOMES = ['succeeded', 'skipped', 'failed', 'unknown', 'not-attempted'] as const;

/** The end of a row. */
export type Outcome = (typeof OUTCOMES)[number];

export type OutcomeCounts = Readonly<Record<Outcome, number>>;
