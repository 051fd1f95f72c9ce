import { renderToStaticMarkup } from 'preact-render-to-string';
import { ACTIONS, type Action } from '../../domain/plan/action.ts';
import { OUTCOMES } from '../../domain/row/outcome.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { Chart } from '../chart.ts';
import type { PageAssets } from './page-assets.ts';
import { scriptJson } from './page-rows.ts';
import type { Explain, ReportContent } from '../report-content.ts';
import { outcomeLabels } from '../../domain/row/outcome.ts';
import { utc } from '../../domain/utc.ts';
import { headline } from '../wording.ts';
import { Failures, Left } from './failures.tsx';
import { Integrity } from './integrity.tsx';
import { Counts, Damage, Facts, Mind } from './overview.tsx';
import { RowsSection } from './rows-section.tsx';
import { Skips } from './skips.tsx';
import { TimelineSection } from './timeline.tsx';

/** Names of a `PageRow`'s values, in their order. */
const NAMES = [
  'Row',
  'Outcome',
  'Who',
  'User id',
  'Why',
  'HTTP status',
  'Message',
  'Okta request id',
  'Attempts',
  'Started (UTC)',
  'Ended (UTC)',
  'Input',
  'Reason',
  'Named as',
];

/** Writes the head of the page and the beginning of its body. */
export function pageHead(run: RunFile, assets: PageAssets): string {
  const meta = renderToStaticMarkup(
    <>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content={assets.policy} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <title>{`okta-reset on ${run.host}: ${run.runId}`}</title>
    </>,
  );
  const skip = renderToStaticMarkup(
    <a class="skip" href="#all">
      Go to the table of rows
    </a>,
  );
  return `<head>\n${meta}\n<style>${assets.style}</style>\n</head>\n<body>\n${skip}\n`;
}

function reportName(action: Action): string {
  if (action === 'reset-password') return 'Password reset report';
  return `Report: ${ACTIONS[action].label.toLowerCase()}`;
}

/** Writes everything that a person reads. */
export function pageMain(told: {
  readonly content: ReportContent;
  readonly explain: Explain;
  readonly chart: Chart;
  readonly shown: number;
  /** The columns of the input that are shown with the rows. */
  readonly own: readonly string[];
  /** The heading of the column that identifies the rows; undefined if logins or ids do. */
  readonly namedBy: string | undefined;
}): string {
  const { content, explain, chart, shown, own, namedBy } = told;
  const { run, summary, planned } = content;
  const words = outcomeLabels(planned);
  const labels = OUTCOMES.map((outcome) => [outcome, words[outcome]]);
  const body = renderToStaticMarkup(
    <>
      <header>
        <p>
          {planned ? 'DRY RUN – nothing was sent' : reportName(run.spec.action)} ·{' '}
          <bdi>{run.host}</bdi> · {utc(summary.startedAt ?? run.createdAt)}
        </p>
        <h1>{headline(summary, planned)}</h1>
      </header>
      <main>
        <Damage content={content} />
        <Counts content={content} />
        <div class="columns">
          <Facts content={content} />
          <Mind content={content} />
        </div>
        <Skips content={content} />
        <TimelineSection content={content} chart={chart} />
        <Failures content={content} explain={explain} />
        <Left content={content} />
        <RowsSection content={content} shown={shown} namedBy={namedBy} />
        <Integrity content={content} />
      </main>
      <footer>
        Made by okta-reset {run.toolVersion}. This file loads nothing and sends nothing.
      </footer>
    </>,
  );
  return (
    body +
    `\n<script type="application/json" id="labels">${scriptJson(labels)}</script>` +
    `\n<script type="application/json" id="names">${scriptJson(NAMES)}</script>` +
    `\n<script type="application/json" id="own">${scriptJson(own)}</script>`
  );
}
