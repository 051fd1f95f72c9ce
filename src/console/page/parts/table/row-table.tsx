import { useEffect, useRef, useState } from 'preact/hooks';
import { count } from '../../../../domain/counted.ts';
import type { TableRow } from '../../../api/run-answers.ts';
import { goTo, Link } from '../../shell/navigation.tsx';
import { Problem } from '../notes.tsx';
import { type Column, columnsOf, whyOf } from './columns.tsx';
import type { RowSource } from './row-source.ts';
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

/** Moves through the lines by the keys of a list; Enter opens one. */
function placeAfter(key: string, place: number, last: number, perPage: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: place + 1,
    ArrowUp: place - 1,
    PageDown: place + perPage,
    PageUp: place - perPage,
    Home: 0,
    End: last,
  };
  const to = steps[key];
  return to === undefined ? undefined : Math.min(Math.max(to, 0), last);
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
  const [current, setCurrent] = useState(0);
  const goal = useRef<number | undefined>(undefined);
  const linePx = useNarrow() ? NARROW_LINE_PX : LINE_PX;
  const { lines, heightPx, scrollTo } = useVirtual(scroller, rows.count, linePx);
  const first = lines[0]?.index ?? 0;
  const last = lines.at(-1)?.index ?? 0;
  useEffect(() => rows.want(first, last), [rows, first, last, rows.count]);
  useEffect(() => {
    if (goal.current === undefined) return;
    const line = body.current?.querySelector<HTMLElement>(`[data-place="${goal.current}"]`);
    if (line == null) return;
    goal.current = undefined;
    line.focus({ preventScroll: true });
  });
  const columns = columnsOf(rows.at(first) ?? rows.at(last), planned);
  const inSight = Math.min(Math.max(current, first), last);
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / linePx) - 2);
    if (event.key === 'Enter') {
      const row = rows.at(current);
      if (row !== undefined) goTo({ kind: 'row', run, row: row.row });
      return;
    }
    const to = placeAfter(event.key, current, rows.count - 1, page);
    if (to === undefined) return;
    event.preventDefault();
    setCurrent(to);
    goal.current = to;
    scrollTo(to);
  };
  const { reading } = rows;
  const before = lines[0]?.start ?? 0;
  const after = heightPx - (lines.at(-1)?.end ?? 0);
  return (
    <>
      <div class="rows" ref={scroller}>
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
          <tbody ref={body} onKeyDown={onKeyDown}>
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
