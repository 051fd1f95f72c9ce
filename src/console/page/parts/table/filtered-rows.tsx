import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { count, counted } from '../../../../domain/counted.ts';
import { after } from '../../client/timers.ts';
import { keepSearch } from '../../shell/navigation.tsx';
import { Button } from '../button.tsx';
import { Field } from '../field.tsx';
import type { RowFilter, RowSource } from './row-source.ts';
import { RowTable } from './row-table.tsx';
import type { Selection } from './selection.ts';
import { useRows } from './use-rows.ts';

const TYPING_MS = 200;

type Chosen = Omit<RowFilter, 'search'>;

const NAMES = ['verdict', 'reason', 'outcome', 'error', 'handed'] as const;

/** Keeps the filter in the address, so that a reload or the back button restores it. */
export function useFilter(): readonly [RowFilter, (filter: RowFilter) => void] {
  const [filter, setFilter] = useState<RowFilter>(() =>
    Object.fromEntries(new URLSearchParams(location.search)),
  );
  const set = (next: RowFilter) => {
    const kept = Object.entries(next).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '',
    );
    keepSearch(new URLSearchParams(kept));
    setFilter(Object.fromEntries(kept));
  };
  return [filter, set];
}

/** Returns the part of a filter that tiles and groups choose. The search is typed. */
export const chosenOf = (filter: RowFilter): Chosen =>
  Object.fromEntries(
    NAMES.filter((name) => filter[name] !== undefined).map((name) => [name, filter[name]]),
  );

function foundWords({ count: found, reading }: RowSource): string {
  switch (reading.kind) {
    case 'reading':
      return `${count(found)} found, looked at ${count(reading.scanned)} of ${count(reading.total)}…`;
    case 'paused':
      return `The first ${count(found)}; more below`;
    case 'complete':
      return found === reading.total
        ? counted(found, 'row')
        : `${count(found)} of ${counted(reading.total, 'row')}`;
    case 'refused':
      return '';
    default: {
      const never: never = reading;
      return never;
    }
  }
}

/** How many rows were found, and the button that reads them again if there are more now. */
function Found({
  rows,
  now,
  again,
}: {
  readonly rows: RowSource;
  readonly now: number | undefined;
  readonly again: () => void;
}) {
  const isBehind = now !== undefined && rows.reading.kind === 'complete' && rows.count !== now;
  return (
    <>
      <p class="found muted small" role="status">
        {foundWords(rows)}
      </p>
      {isBehind && (
        <Button look="small" onPress={again}>
          {`Show all ${count(now)}`}
        </Button>
      )}
    </>
  );
}

/** The search as it is being typed. The filter gets it at the next pause, with what was chosen meanwhile. */
function useSearch(filter: RowFilter, onFilter: (filter: RowFilter) => void) {
  const [typed, setTyped] = useState(filter.search ?? '');
  const latest = useRef(filter);
  latest.current = filter;
  useEffect(() => {
    if (typed === (filter.search ?? '')) return undefined;
    return after(TYPING_MS, () => onFilter({ ...latest.current, search: typed }));
  }, [typed]);
  return [typed, setTyped] as const;
}

/** A table of a run's rows with a search in every column. */
export function FilteredRows({
  run,
  total,
  filter,
  onFilter,
  planned,
  version = '',
  label,
  selection,
  now,
  children,
}: {
  readonly run: string;
  readonly total: number;
  readonly filter: RowFilter;
  readonly onFilter: (filter: RowFilter) => void;
  readonly planned: boolean;
  readonly version?: string | number;
  readonly label: string;
  /** How many rows there are now, if their number can grow while the table is read. */
  readonly now?: number | undefined;
  /** Which rows can be ticked. `children` say what for. */
  readonly selection?: Selection | undefined;
  readonly children?: ComponentChildren;
}) {
  const [typed, setTyped] = useSearch(filter, onFilter);
  const [rows, again] = useRows(run, filter, total, version);
  return (
    <section class="panel table" aria-label={label}>
      <div class="tools">
        <Field
          label="Search every column"
          hideLabel
          placeholder="Search every column"
          kind="search"
          value={typed}
          onInput={setTyped}
        />
        <Found rows={rows} now={(filter.search ?? '') === '' ? now : undefined} again={again} />
      </div>
      {children}
      <RowTable
        run={run}
        rows={rows}
        total={total}
        planned={planned}
        label={label}
        selection={selection}
      />
    </section>
  );
}
