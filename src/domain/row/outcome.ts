export const OUTCOMES = ['succeeded', 'skipped', 'failed', 'unknown', 'not-attempted'] as const;

/** How a row ended. */
export type Outcome = (typeof OUTCOMES)[number];

export type OutcomeCounts = Readonly<Record<Outcome, number>>;

const LABELS: Readonly<Record<Outcome, string>> = {
  succeeded: 'Succeeded',
  skipped: 'Skipped',
  failed: 'Failed',
  unknown: 'Unknown',
  'not-attempted': 'Not attempted',
};

/** The names of the outcomes; in a plan, nothing has been attempted yet. */
export function outcomeLabels(planned: boolean): Readonly<Record<Outcome, string>> {
  return planned ? { ...LABELS, 'not-attempted': 'To act on' } : LABELS;
}
