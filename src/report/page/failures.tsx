import type { Explain, FailureGroup, ListedRow, ReportContent } from '../report-content.ts';
import { count, counted } from '../../domain/counted.ts';
import { outcomeLabels } from '../../domain/row/outcome.ts';
import { clip } from '../wording.ts';
import { prose } from '../../style/prose.tsx';
import { isSentence } from '../results/reasons.ts';
import { TableHead } from './table-head.tsx';

const MAX_GROUPS = 50;

function Group({ group, explain }: { readonly group: FailureGroup; readonly explain: Explain }) {
  const entry = explain(group.code);
  const { failed, unknown, message } = group;
  return (
    <div class="group">
      <div class="times">{count(failed + unknown)} ×</div>
      <div>
        <h3>
          {isSentence(group.code) ? (
            group.code
          ) : (
            <code>
              <bdi>{group.code}</bdi>
            </code>
          )}
          {unknown > 0 && failed > 0 && (
            <span class="muted">
              {' '}
              {count(failed)} failed, {count(unknown)} unknown
            </span>
          )}
        </h3>
        <p>{entry === undefined ? 'This code is not in the catalog.' : prose(entry.meaning)}</p>
        {entry !== undefined && (
          <p>
            <strong>Next:</strong> {prose(entry.how)}{' '}
            <span class="muted">Who can: {entry.who}.</span>
          </p>
        )}
        {message !== undefined && (
          <p class="muted">
            Okta said: <bdi>{message}</bdi>
          </p>
        )}
        <p class="muted">
          For example{' '}
          {group.examples.map((row, i) => (
            <>
              {i > 0 && ', '}
              <bdi>{clip(row.who, 60)}</bdi>
            </>
          ))}
          .{' '}
          <a class="screen" href={`#why=${encodeURIComponent(group.code)}`}>
            Show these rows
          </a>
        </p>
      </div>
    </div>
  );
}

/** Failed and unknown rows by code: what each code means, who can fix it, and how. */
export function Failures({
  content,
  explain,
}: {
  readonly content: ReportContent;
  readonly explain: Explain;
}) {
  const { failures } = content;
  if (failures.length === 0) return null;
  const more = failures.length - MAX_GROUPS;
  return (
    <section aria-labelledby="failures">
      <h2 id="failures">What went wrong</h2>
      {failures.slice(0, MAX_GROUPS).map((group) => (
        <Group group={group} explain={explain} />
      ))}
      {more > 0 && <p class="muted">and {counted(more, 'more code')}; see failed.csv.</p>}
    </section>
  );
}

/** Rows for paper, and if there is no script: number, user, id, outcome, reason, request id. */
export function RowList({
  rows,
  caption,
  planned = false,
}: {
  readonly rows: readonly ListedRow[];
  readonly planned?: boolean;
  readonly caption?: string;
}) {
  const labels = outcomeLabels(planned);
  return (
    <table class="data">
      {caption !== undefined && <caption>{caption}</caption>}
      <TableHead
        columns={[
          ['Row', 'n'],
          ['Who'],
          ['Outcome'],
          ['Why'],
          ['User id', 'side'],
          ['Request id', 'side'],
        ]}
      />
      <tbody>
        {rows.map((row) => (
          <tr>
            <td class="n">{row.row}</td>
            <td class="who">
              <bdi>{row.who}</bdi>
            </td>
            <td>
              <span class={`outcome ${row.outcome}`}>{labels[row.outcome]}</span>
            </td>
            <td>
              <bdi>{row.why}</bdi>
            </td>
            <td class="id side">{row.userId ?? ''}</td>
            <td class="id side">
              <bdi>{row.requestId ?? ''}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The users who still need attention: failed, unknown and not attempted rows. */
export function Left({ content }: { readonly content: ReportContent }) {
  const { left, summary, planned } = content;
  if (planned) return null;
  const { failed, unknown, 'not-attempted': untouched } = summary.counts;
  const total = failed + unknown + untouched;
  const caption =
    total > left.length
      ? `The first ${count(left.length)} of ${count(total)}`
      : counted(total, 'row');
  return (
    <section aria-labelledby="left">
      <h2 id="left">Who is left</h2>
      {total === 0 ? (
        <p>Nobody: every row to act on succeeded.</p>
      ) : (
        <>
          <p>
            {failed + unknown > 0 && (
              <>
                {[
                  failed > 0 ? `${count(failed)} failed` : '',
                  unknown > 0 ? `${count(unknown)} unknown` : '',
                ]
                  .filter((part) => part !== '')
                  .join(' and ')}
                , listed in <code>failed.csv</code>.{' '}
              </>
            )}
            {untouched > 0 && (
              <>
                {count(untouched)} not attempted, listed in <code>not-attempted.csv</code>.{' '}
              </>
            )}
            {failed + unknown > 0 && untouched > 0
              ? 'Both files are next to this one. Each can be the input of the next run.'
              : 'The file is next to this one, and can be the input of the next run.'}
          </p>
          <details class="screen" open={left.length <= 10}>
            <summary>{caption}</summary>
            <RowList rows={left} />
          </details>
          <div class="paper">
            <RowList rows={left} caption={caption} />
          </div>
        </>
      )}
    </section>
  );
}
