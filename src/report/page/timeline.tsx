import { formatDuration, formatPer } from '../../domain/duration.ts';
import type { Chart } from '../chart.ts';
import type { ReportContent } from '../report-content.ts';
import { count, counted } from '../../domain/counted.ts';
import { utc } from '../../domain/utc.ts';
import { Waits } from './waits.tsx';
import { TableHead } from './table-head.tsx';

/** With fewer bars than this, the chart shows nothing that the numbers do not. */
const FEWEST_BARS = 3;

function bounds(content: ReportContent, chart: Chart): string {
  const { estimate } = content.run.preview;
  const bar = `One bar per ${formatPer(chart.barMs)}.`;
  if (estimate.limitPerWindow === undefined) return `${bar} The org's limit was not known.`;
  const limit = `Okta allowed ${counted(estimate.limitPerWindow, 'call')} per ${formatPer(estimate.windowMs)}, of which ${estimate.ratePercent}% were to be used.`;
  return chart.limit === undefined
    ? `${limit} ${bar}`
    : `${limit} ${bar} The dashed line is the limit.`;
}

function refusals(content: ReportContent): string {
  const throttled = content.summary.traffic.reduce((sum, line) => sum + line.throttled, 0);
  return throttled === 0
    ? 'No call was refused with 429.'
    : `${counted(throttled, 'call')} refused with 429.`;
}

function waited(ms: number): string {
  return ms === 0 ? '–' : formatDuration(ms);
}

function Figures({ chart }: { readonly chart: Chart }) {
  return (
    <details>
      <summary>The numbers over time</summary>
      <div class="wide">
        <table class="data">
          <TableHead
            columns={[
              ['From'],
              ['Calls', 'n'],
              ['429s', 'n'],
              ['Waited', 'n'],
              ['Succeeded', 'n'],
              ['Failed', 'n'],
              ['Unknown', 'n'],
            ]}
          />
          <tbody>
            {chart.bars.map((bar) => (
              <tr>
                <td>{utc(new Date(bar.atMs).toISOString())}</td>
                <td class="n">{count(bar.calls)}</td>
                <td class="n">{count(bar.throttled)}</td>
                <td class="n">{waited(bar.waitedMs)}</td>
                <td class="n">{count(bar.succeeded)}</td>
                <td class="n">{count(bar.failed)}</td>
                <td class="n">{count(bar.unknown)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Traffic({ content }: { readonly content: ReportContent }) {
  const { traffic } = content.summary;
  if (traffic.length === 0) return null;
  return (
    <div class="wide">
      <table class="data">
        <TableHead
          columns={[['Rate-limit bucket'], ['Calls', 'n'], ['429s', 'n'], ['Waited', 'n']]}
        />
        <tbody>
          {traffic.map((line) => (
            <tr>
              <td>
                <code>{line.bucket}</code>
              </td>
              <td class="n">{count(line.calls)}</td>
              <td class="n">{count(line.throttled)}</td>
              <td class="n">{waited(line.waitedMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Shows calls over time with the limit, 429s and waits. */
export function TimelineSection({
  content,
  chart,
}: {
  readonly content: ReportContent;
  readonly chart: Chart;
}) {
  if (content.planned) return null;
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Calls over time</h2>
      {chart.bars.length === 0 ? (
        <p>No call was sent.</p>
      ) : (
        <>
          <p class="muted">
            {chart.bars.length >= FEWEST_BARS && bounds(content, chart)} {refusals(content)}
          </p>
          {chart.bars.length >= FEWEST_BARS && (
            <div
              id="timeline-chart"
              role="img"
              aria-label="Calls over time; the numbers follow"
              hidden
            />
          )}
          <Waits chart={chart} />
          <Figures chart={chart} />
        </>
      )}
      <Traffic content={content} />
    </section>
  );
}
