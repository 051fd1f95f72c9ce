import type { OutcomeCounts } from '../../../domain/row/outcome.ts';

const WIDTH = 1000;
/** A few rows among a million must still be visible. */
const NARROWEST = 6;
const SHOWN = ['succeeded', 'failed', 'unknown'] as const;

/** How far a run is: what succeeded, what failed, what is unknown. The rest is still to come. */
export function Proportions({
  counts,
  total,
  label,
}: {
  readonly counts: OutcomeCounts;
  readonly total: number;
  readonly label: string;
}) {
  const done = SHOWN.reduce((sum, outcome) => sum + counts[outcome], 0);
  let x = 0;
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuenow={done}
      aria-valuemax={total}
    >
      <svg viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" aria-hidden="true">
        {SHOWN.map((outcome) => {
          const rows = counts[outcome];
          const width = rows === 0 || total === 0 ? 0 : Math.max(NARROWEST, (rows / total) * WIDTH);
          const from = x;
          x += width;
          return (
            <rect key={outcome} class={`fill-${outcome}`} x={from} width={width} height="10" />
          );
        })}
      </svg>
    </div>
  );
}
