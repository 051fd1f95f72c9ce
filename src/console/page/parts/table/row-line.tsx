import { count } from '../../../../domain/counted.ts';
import type { TableRow } from '../../../api/run-answers.ts';
import { goTo, Link } from '../../shell/navigation.tsx';
import { type Column, whyOf } from './columns.tsx';
import { Login } from './login.tsx';
import type { Selection } from './selection.ts';

const who = ({ login, input }: TableRow) => login ?? input;

function TickCell({ row, selection }: { readonly row: TableRow; readonly selection: Selection }) {
  return (
    <td class="c-tick" onClick={(event) => event.stopPropagation()}>
      {selection.takes(row) && (
        <input
          type="checkbox"
          // The line has the focus, and the line's key ticks the box.
          tabIndex={-1}
          aria-label={`Tick ${who(row)}`}
          checked={selection.rows.has(row.row)}
          onChange={() => selection.toggle(row)}
        />
      )}
    </td>
  );
}

/** A line of the table of rows. */
export function RowLine({
  run,
  row,
  place,
  columns,
  selection,
  isCurrent,
  onFocus,
}: {
  readonly run: string;
  readonly row: TableRow | undefined;
  readonly place: number;
  readonly columns: readonly Column[];
  readonly selection: Selection | undefined;
  readonly isCurrent: boolean;
  readonly onFocus: (place: number) => void;
}) {
  if (row === undefined)
    return (
      <tr aria-rowindex={place + 2} class="unread">
        {selection !== undefined && <td class="c-tick" />}
        <td class="c-row">{count(place + 1)}</td>
        <td class="c-who">
          <span class="unseen">Being read</span>
        </td>
        {columns.slice(1).map(({ key, look }) => (
          <td key={key} class={look} />
        ))}
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
      {selection !== undefined && <TickCell row={row} selection={selection} />}
      <td class="c-row">{number?.cell(row)}</td>
      <td class="c-who" onClick={(event) => event.stopPropagation()}>
        <Link to={{ kind: 'row', run, row: row.row }} offTab>
          <Login text={who(row)} />
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
