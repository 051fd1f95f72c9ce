import type { ComponentChildren } from 'preact';
import { nextCommands } from '../../domain/run/next-commands.ts';
import { asCalled } from '../../domain/program.ts';
import { type Outcome, outcomeLabels, OUTCOMES } from '../../domain/row/outcome.ts';
import type { ReportContent } from '../report-content.ts';
import { count, counted } from '../../domain/counted.ts';
import { stopText } from '../../domain/run/stop.ts';
import { utc } from '../../domain/utc.ts';
import { actionText, estimateText, peopleOf, standingOf } from '../wording.ts';
import { prose } from '../../style/prose.tsx';

const WIDTH = 1000;
/** A few rows among a million must still be visible. */
const NARROWEST = 6;
/** The possible states of a row of a plan. */
const PLANNED: ReadonlySet<Outcome> = new Set(['not-attempted', 'skipped']);

function Proportions({ content }: { readonly content: ReportContent }) {
  const { counts, rows } = content.summary;
  const parts = OUTCOMES.map((outcome) => {
    const n = counts[outcome];
    return { outcome, width: n === 0 ? 0 : Math.max(NARROWEST, (n / rows) * WIDTH) };
  });
  const widthOf = (some: typeof parts) => some.reduce((sum, { width }) => sum + width, 0);
  const labels = outcomeLabels(content.planned);
  const label = OUTCOMES.filter((outcome) => counts[outcome] > 0)
    .map((outcome) => `${labels[outcome]} ${count(counts[outcome])}`)
    .join(', ');
  return (
    <svg
      class="bar"
      viewBox={`0 0 ${widthOf(parts)} 10`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {parts.map(({ outcome, width }, i) => (
        <rect class={`fill-${outcome}`} x={widthOf(parts.slice(0, i))} width={width} height="10" />
      ))}
    </svg>
  );
}

/** Shows how many rows ended in which way. The numbers add up to all rows, and the text says so. */
export function Counts({ content }: { readonly content: ReportContent }) {
  const { counts, rows } = content.summary;
  const labels = outcomeLabels(content.planned);
  const shown = OUTCOMES.filter((outcome) => !content.planned || PLANNED.has(outcome));
  return (
    <section aria-labelledby="counts">
      <h2 id="counts">{content.planned ? 'What would happen' : 'How the rows ended'}</h2>
      {rows > 0 && <Proportions content={content} />}
      <ul class="counts">
        {shown.map((outcome) => (
          <li class={counts[outcome] === 0 ? `${outcome} zero` : outcome}>
            <strong>{count(counts[outcome])}</strong>
            <span>{labels[outcome]}</span>
          </li>
        ))}
        <li class="all">
          <strong>{count(rows)}</strong>
          <span>All rows</span>
        </li>
      </ul>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </>
  );
}

/** Shows what was requested, by whom, on which org, and when. */
export function Facts({ content }: { readonly content: ReportContent }) {
  const { run, summary } = content;
  const estimate = estimateText(summary);
  return (
    <section aria-labelledby="facts">
      <h2 id="facts">What was requested</h2>
      <dl class="facts">
        <Fact name="Action">{actionText(run.spec)}</Fact>
        <Fact name="For">{run.selection.join(' ') || 'not recorded'}</Fact>
        <Fact name="Org">{run.orgId === '' ? run.host : `${run.host} (${run.orgId})`}</Fact>
        {peopleOf(content).map(([name, text]) => (
          <Fact name={name}>{text}</Fact>
        ))}
        <Fact name="Digest of the plan">{run.planDigest}</Fact>
        <Fact name="Planned">{utc(run.createdAt)}</Fact>
        {!content.planned && (
          <>
            <Fact name="Started">{utc(summary.startedAt)}</Fact>
            <Fact name="Ended">{utc(summary.finishedAt)}</Fact>
          </>
        )}
        {estimate !== undefined && <Fact name="Time">{estimate}</Fact>}
        <Fact name="Run">{run.runId}</Fact>
        {run.parentRunId !== undefined && (
          <Fact name="Follows run">{(run.parentRunIds ?? [run.parentRunId]).join(', ')}</Fact>
        )}
      </dl>
    </section>
  );
}

/** Says first that the record cannot be trusted. */
export function Damage({ content }: { readonly content: ReportContent }) {
  if (content.summary.chain !== 'broken') return null;
  return (
    <p class="damage" role="alert">
      <strong>The record of this run is damaged or was edited.</strong> Only what comes before the
      damage is counted here. Users shown as unknown may have been acted on: look them up in Okta’s
      System Log. This run cannot be resumed or rerun.
    </p>
  );
}

/** Shows what is still dangerous, and what to do next. */
export function Mind({ content }: { readonly content: ReportContent }) {
  const { run, summary } = content;
  const next = nextCommands(content.name, standingOf(content));
  const { warnings } = run.preview;
  const quiet =
    summary.stop === undefined && summary.counts.unknown + summary.reissued + warnings.length === 0;
  if (quiet && next.length === 0) return null;
  return (
    <section aria-labelledby="mind">
      <h2 id="mind">{quiet ? 'Next' : 'Warnings'}</h2>
      <ul class="notes" hidden={quiet}>
        {summary.stop !== undefined && (
          <li class="stop">
            <strong>Stopped early.</strong> <bdi>{stopText(summary.stop)}</bdi>
          </li>
        )}
        {summary.counts.unknown > 0 && (
          <li>
            <strong>{counted(summary.counts.unknown, 'row')} unknown:</strong> It is not known
            whether Okta acted. Resume checks before it sends to them again.
          </li>
        )}
        {summary.reissued > 0 && (
          <li>
            {counted(summary.reissued, 'secret')} issued again, because the answer that carried the
            first one was lost.
          </li>
        )}
        {warnings.map((warning) => (
          <li>
            <bdi>{prose(warning.text)}</bdi>
            {warning.rows !== undefined &&
              !warning.text.includes(`${count(warning.rows)} user`) &&
              ` (${counted(warning.rows, 'row')})`}
          </li>
        ))}
      </ul>
      {next.length > 0 && (
        <>
          {!quiet && <h3>Next</h3>}
          <ul class="next">
            {next.map(({ why, command }) => (
              <li>
                {why}
                <code>{asCalled(command, content.program)}</code>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
