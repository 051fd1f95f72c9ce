import { useEffect, useRef, useState } from 'preact/hooks';
import { count } from '../../../../domain/counted.ts';
import type { TableRow } from '../../../api/run-answers.ts';
import { goTo, Link } from '../../shell/navigation.tsx';
import { Problem } from '../notes.tsx';
import { type Column, columnsOf, whyOf } from './columns.tsx';
import type { RowSource } from './row-source.ts';
import { usePlace } from './use-place.ts';
import { useVirtual } from './virtual.ts';

const LINE_PX = 40;
const NARROW_LINE_PX = 62;
const NARROW = '(max-width: 36rem)';

function useNarrow(): boolean {
  const [query] = useState(() => matchMedia(NARROW));
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const read = () => setNarrow(query.matches);
    query.addEventListener('change', read);
    return () => query.removeEventListener('change', read);
  }, [query]);
  return narrow;
}

const who = ({ login, input }: TableRow) => login ?? input;

function Line({
  run,
  row,
  place,
  columns,
  isCurrent,
  onFocus,
}: {
  readonly run: string;
  readonly row: TableRow | undefined;
  readonly place: number;
  readonly columns: readonly Column[];
  readonly isCurrent: boolean;
  readonly onFocus: (place: number) => void;
}) {
  if (row === undefined)
    return (
      <tr aria-rowindex={place + 2} class="unread">
        <td class="c-row">{count(place + 1)}</td>
        <td colSpan={columns.length}>
          <span class="unseen">Being read</span>
        </td>
      </tr>
    );
  const [number, ...rest] = columns;
  return (
    <tr
      aria-rowindex={place + 2}
      data-place={place}
      tabIndex={isCurrent ? 0 : -1}
      onFocus={() => onFocus(place)}
      onClick={() => goTo({ kind: 'row', run, row: row.row })}
    >
      <td class="c-row">{number?.cell(row)}</td>
      <td class="c-who" onClick={(event) => event.stopPropagation()}>
        <Link to={{ kind: 'row', run, row: row.row }} offTab>
          <bdi title={who(row)}>{who(row)}</bdi>
        </Link>
        <span class="under">
          <bdi>{whyOf(row)}</bdi>
        </span>
      </td>
      {rest.map(({ key, cell, look }) => (
        <td key={key} class={look}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** The rows of a run: only those in sight are drawn, and only those are read. */
export function RowTable({
  run,
  rows,
  planned,
  label,
}: {
  readonly run: string;
  readonly rows: RowSource;
  readonly planned: boolean;
  readonly label: string;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const linePx = useNarrow() ? NARROW_LINE_PX : LINE_PX;
  const { lines, heightPx, scrollTo } = useVirtual(scroller, rows.count, linePx);
  const first = lines[0]?.index ?? 0;
  const last = lines.at(-1)?.index ?? 0;
  useEffect(() => rows.want(first, last), [rows, first, last, rows.count]);
  const { current, setCurrent, onKeyDown, onClick } = usePlace({
    run,
    rows,
    linePx,
    scroller,
    body,
    scrollTo,
  });
  const columns = columnsOf(rows.at(first) ?? rows.at(last), planned);
  const inSight = Math.min(Math.max(current, first), last);
  const { reading } = rows;
  const before = lines[0]?.start ?? 0;
  const after = heightPx - (lines.at(-1)?.end ?? 0);
  return (
    <>
      <div
        class="rows"
        ref={scroller}
        // The keyboard must reach what scrolls, also while its lines are read.
        tabIndex={rows.at(inSight) === undefined ? 0 : undefined}
        role="region"
        aria-label={label}
      >
        <table aria-label={label} aria-rowcount={rows.count + 1}>
          <thead>
            <tr>
              <th class="c-row">Row</th>
              <th class="c-who">User</th>
              {columns.slice(1).map(({ key, title, look }) => (
                <th key={key} class={look}>
                  <bdi>{title}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={onKeyDown} onClickCapture={onClick}>
            <Gap heightPx={before} columns={columns.length + 1} />
            {lines.map(({ index }) => (
              <Line
                key={index}
                run={run}
                row={rows.at(index)}
                place={index}
                columns={columns}
                isCurrent={index === inSight}
                onFocus={setCurrent}
              />
            ))}
            <Gap heightPx={after} columns={columns.length + 1} />
          </tbody>
        </table>
        {rows.count === 0 && (
          <p class="empty muted">
            {reading.kind === 'reading' ? 'Searching…' : 'No row is like that.'}
          </p>
        )}
      </div>
      <Problem error={reading.kind === 'refused' ? reading.error : undefined} />
    </>
  );
}

/** Room for the lines that are not drawn. */
function Gap({ heightPx, columns }: { readonly heightPx: number; readonly columns: number }) {
  if (heightPx <= 0) return null;
  return (
    <tr class="gap" aria-hidden="true">
      <td colSpan={columns} style={{ height: `${heightPx}px` }} />
    </tr>
  );
}
