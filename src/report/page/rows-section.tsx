import { OUTCOMES } from '../../domain/row/outcome.ts';
import type { ReportContent } from '../report-content.ts';
import { count, counted } from '../../domain/counted.ts';
import { outcomeLabels } from '../../domain/row/outcome.ts';
import { RowList } from './failures.tsx';

/** The column of a `PageRow`, its heading, and its class. */
const COLUMNS: readonly (readonly [column: number, heading: string, style: string])[] = [
  [0, 'Row', 'c-row'],
  [2, 'Who', 'c-who'],
  [1, 'Outcome', 'c-outcome'],
  [4, 'Why', 'c-why'],
  [5, 'HTTP', 'c-http'],
  [3, 'User id', 'c-id'],
  [10, 'Ended (UTC)', 'c-time'],
];
/** Columns that do not apply to a plan. */
const AFTER_CALLS: ReadonlySet<number> = new Set([5, 10]);

function Controls({ content }: { readonly content: ReportContent }) {
  const { counts, byError, byReason } = content.summary;
  const labels = outcomeLabels(content.planned);
  const why = [...Object.entries(byError), ...Object.entries(byReason)];
  return (
    <form class="controls" role="search" aria-label="Filter the rows">
      <label class="field">
        Search
        <input
          id="search"
          type="search"
          placeholder="name, id, code, any column of your file"
          autocomplete="off"
          spellcheck={false}
        />
      </label>
      <label class="field">
        Why
        <select id="why">
          <option value="">any code or reason</option>
          {why.map(([key, n]) => (
            <option value={key}>
              {key} ({count(n)})
            </option>
          ))}
        </select>
      </label>
      <button id="clear" type="button">
        Clear
      </button>
      <fieldset>
        <legend class="vh">Outcome</legend>
        {OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => (
          <label>
            <input type="checkbox" name="outcome" value={outcome} />
            {labels[outcome]} {count(counts[outcome])}
          </label>
        ))}
      </fieldset>
    </form>
  );
}

function RowTable({ columns }: { readonly columns: typeof COLUMNS }) {
  return (
    <table>
      <thead>
        <tr>
          {columns.map(([column, name, style]) => (
            <th
              scope="col"
              class={style}
              data-column={column}
              {...(column === 0 ? { 'aria-sort': 'ascending' as const } : {})}
            >
              <button type="button">{name}</button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody />
    </table>
  );
}

/** Every row: the frame of the table, which the page's script fills. `shown` is how many rows are in the page. */
export function RowsSection({
  content,
  shown,
  namedBy,
}: {
  readonly content: ReportContent;
  readonly shown: number;
  /** What the input calls the column that identifies the rows; undefined if logins or ids do. */
  readonly namedBy: string | undefined;
}) {
  const { rows } = content.summary;
  const named: typeof COLUMNS = namedBy === undefined ? [] : [[13, namedBy, 'c-named']];
  const isRoomFor = (column: number) =>
    !(content.planned && AFTER_CALLS.has(column)) && !(column === 3 && namedBy !== undefined);
  const [first, ...others] = COLUMNS.filter(([column]) => isRoomFor(column));
  const columns = first === undefined ? [] : [first, ...named, ...others];
  if (rows === 0) return null;
  return (
    <section aria-labelledby="all">
      <h2 id="all">All rows</h2>
      {shown < rows && (
        <p>
          This page has {count(shown)} of {count(rows)} rows: those that need attention come first.{' '}
          <code>results.csv</code> has every row.
        </p>
      )}
      <noscript>
        <p>
          The searchable table needs JavaScript. Every row is in <code>results.csv</code> next to
          this file.
        </p>
      </noscript>
      <div id="table" class="screen" hidden>
        <Controls content={content} />
        <p id="shown" class="muted" role="status" aria-live="polite" />
        <div id="scroller" role="region" aria-labelledby="all" tabIndex={0}>
          <RowTable columns={columns} />
        </div>
        <p id="none" hidden>
          No row matches. <span class="muted">Clear the filters to see all.</span>
        </p>
        <dialog id="details" aria-labelledby="details-title">
          <h2 id="details-title">Row</h2>
          <dl class="facts" />
          <button type="button">Close</button>
        </dialog>
      </div>
      <div class="paper">
        <RowList
          rows={content.first}
          planned={content.planned}
          caption={
            rows > content.first.length
              ? `The first ${count(content.first.length)} of ${count(rows)} rows; results.csv has all`
              : counted(rows, 'row')
          }
        />
      </div>
    </section>
  );
}
