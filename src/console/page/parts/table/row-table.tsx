import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../notes.tsx';
import { type Column, columnsOf } from './columns.tsx';
import { RowLine } from './row-line.tsx';
import type { RowSource } from './row-source.ts';
import type { Selection } from './selection.ts';
import { usePlace } from './use-place.ts';
import { useVirtual } from './virtual.ts';

const LINE_PX = 40;
const NARROW_LINE_PX = 62;
/** The head and the border. */
const HEAD_PX = 38;
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

function Head({
  columns,
  canTick,
}: {
  readonly columns: readonly Column[];
  readonly canTick: boolean;
}) {
  return (
    <thead>
      <tr>
        {canTick && (
          <th class="c-tick">
            <span class="unseen">Ticked</span>
          </th>
        )}
        <th class="c-row">Row</th>
        <th class="c-who">User</th>
        {columns.slice(1).map(({ key, title, look }) => (
          <th key={key} class={look} title={title}>
            <bdi>{title}</bdi>
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** The space of the lines that are not drawn. */
function Gap({ heightPx }: { readonly heightPx: number }) {
  if (heightPx <= 0) return null;
  return (
    <tr class="gap" aria-hidden="true">
      {/* One cell, because a span would bring back columns that a narrow page hides. */}
      <td style={{ height: `${heightPx}px` }} />
    </tr>
  );
}

export interface RowTableProps {
  readonly run: string;
  readonly rows: RowSource;
  /** The number of rows without a filter. The table has at most the height that they need, and keeps it during a search. */
  readonly total: number;
  readonly planned: boolean;
  readonly label: string;
  /** Which rows can be ticked. */
  readonly selection?: Selection | undefined;
}

/** The rows of a run. Only visible ones are drawn, and only those are read. */
export function RowTable({ run, rows, total, planned, label, selection }: RowTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const linePx = useNarrow() ? NARROW_LINE_PX : LINE_PX;
  const { lines, heightPx, scrollTo } = useVirtual(scroller, rows.count, linePx);
  const first = lines[0]?.index ?? 0;
  const last = lines.at(-1)?.index ?? 0;
  useEffect(() => rows.want(first, last), [rows, first, last, rows.count]);
  const onTick = selection?.toggle;
  const inSight = (current: number) => Math.min(Math.max(current, first), last);
  const place = usePlace({ run, rows, linePx, scroller, body, scrollTo, inSight, onTick });
  const columns = columnsOf(rows.at(first) ?? rows.at(last), planned);
  const reached = inSight(place.current);
  const { reading } = rows;
  return (
    <>
      <div
        class="rows"
        style={{ maxHeight: `${total * linePx + HEAD_PX}px` }}
        ref={scroller}
        // The keyboard must reach an area that scrolls, even while its lines are being read. Once they are there, a line has the focus.
        tabIndex={rows.at(reached) === undefined ? 0 : -1}
        onKeyDown={place.onKeyDown}
        role="region"
        aria-label={label}
      >
        <table aria-label={label} aria-rowcount={rows.count + 1}>
          <Head columns={columns} canTick={selection !== undefined} />
          <tbody ref={body} onClickCapture={place.onClick}>
            <Gap heightPx={lines[0]?.start ?? 0} />
            {lines.map(({ index }) => (
              <RowLine
                key={index}
                run={run}
                row={rows.at(index)}
                place={index}
                columns={columns}
                selection={selection}
                isCurrent={index === reached}
                onFocus={place.setCurrent}
              />
            ))}
            <Gap heightPx={heightPx - (lines.at(-1)?.end ?? 0)} />
          </tbody>
        </table>
        {rows.count === 0 && (
          <p class="empty muted">{reading.kind === 'reading' ? 'Searching…' : 'No row matches.'}</p>
        )}
      </div>
      <Problem error={reading.kind === 'refused' ? reading.error : undefined} />
    </>
  );
}
