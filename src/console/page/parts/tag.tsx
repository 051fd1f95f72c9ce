import { outcomeLabels, type Outcome } from '../../../domain/row/outcome.ts';

export type Tone = 'act' | 'good' | 'bad' | 'unknown' | 'quiet';

export function Tag({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return <span class={`tag ${tone}`}>{children}</span>;
}

const TONES: Readonly<Record<Outcome, Tone>> = {
  succeeded: 'good',
  skipped: 'quiet',
  failed: 'bad',
  unknown: 'unknown',
  'not-attempted': 'act',
};

/** How a row ended, or in a plan, how it would end. */
export function OutcomeTag({
  outcome,
  planned = false,
}: {
  readonly outcome: Outcome;
  readonly planned?: boolean;
}) {
  return <Tag tone={TONES[outcome]}>{outcomeLabels(planned)[outcome]}</Tag>;
}
