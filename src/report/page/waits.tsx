import { formatDuration } from '../../domain/duration.ts';
import { WAIT_CAUSES, type WaitCause } from '../../domain/run/wait.ts';
import type { Chart } from '../chart.ts';
import { counted } from '../../domain/counted.ts';

const CAUSES: Readonly<Record<WaitCause, string>> = {
  window: 'Rate limit used up: until the next window',
  throttled: 'Refused with 429: as long as Okta said',
  concurrency: 'Too many calls at once: slowed down',
  'org-unavailable': 'The org did not answer',
  'own-pace': 'The pace that you asked for',
  canary: 'The canary: watching for mail scanners',
};

const WIDTH = 1000;
/** A moment in a long night must still be visible. */
const NARROWEST = 1.5;

/** Shows when calls waited, one lane per cause, below the chart and on its time scale, and in words next to it. */
export function Waits({ chart }: { readonly chart: Chart }) {
  const { bars, barMs, waits } = chart;
  const fromMs = bars[0]?.atMs ?? 0;
  const perMs = WIDTH / ((bars.at(-1)?.atMs ?? fromMs) + barMs - fromMs);
  const lanes = WAIT_CAUSES.flatMap((cause) => {
    const spans = waits.filter((span) => span.cause === cause);
    return spans.length === 0 ? [] : [{ cause, spans }];
  });
  if (lanes.length === 0) return null;
  return (
    <>
      <h3>Waits</h3>
      <ul class="lanes">
        {lanes.map(({ cause, spans }) => (
          <li>
            <span class={`wait ${cause}`}>{CAUSES[cause]}</span>
            <span class="muted">
              {' · '}
              {counted(
                spans.reduce((sum, span) => sum + span.waits, 0),
                'wait',
              )}
              , {formatDuration(spans.reduce((sum, span) => sum + span.waitedMs, 0))}
            </span>
            <svg viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" aria-hidden="true">
              {spans.map((span) => (
                <rect
                  class={`fill-${cause}`}
                  x={((span.fromMs - fromMs) * perMs).toFixed(1)}
                  width={Math.max(NARROWEST, (span.toMs - span.fromMs) * perMs).toFixed(1)}
                  height="10"
                />
              ))}
            </svg>
          </li>
        ))}
      </ul>
    </>
  );
}
