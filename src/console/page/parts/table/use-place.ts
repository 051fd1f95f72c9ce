import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TableRow } from '../../../api/run-answers.ts';
import { goTo } from '../../shell/navigation.tsx';
import type { RowSource } from './row-source.ts';

/** Where a row was opened, by the table's address, so that going back continues from there. */
const openedAt = new Map<string, number>();
const address = () => location.pathname + location.search;

function takeOpened(): number | undefined {
  const place = openedAt.get(address());
  openedAt.delete(address());
  return place;
}

/** Returns the line that a key of a list moves to. Enter opens a line. */
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

interface Table {
  readonly run: string;
  readonly rows: RowSource;
  readonly linePx: number;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly body: RefObject<HTMLElement | null>;
  readonly scrollTo: (place: number) => void;
  /** The line that Tab goes to: the current one, or the nearest one that is drawn. */
  readonly inSight: (current: number) => number;
  /** Called when the space bar ticks a row. */
  readonly onTick: ((row: TableRow) => void) | undefined;
}

/** The line with the keyboard focus. Tab goes to it, and closing a row that was opened from there goes back to it. */
export function usePlace(table: Table) {
  const { run, rows, linePx, scroller, body, scrollTo, inSight, onTick } = table;
  const [opened] = useState(takeOpened);
  const [current, setCurrent] = useState(opened ?? 0);
  const goal = useRef<number | undefined>(opened);
  useEffect(() => {
    if (goal.current !== undefined && goal.current < rows.count) scrollTo(goal.current);
  }, [rows.count > 0]);
  useLayoutEffect(() => {
    const { activeElement } = document;
    const region = scroller.current;
    const isOnRegion = activeElement === region;
    const place = goal.current ?? (isOnRegion ? inSight(current) : undefined);
    if (region === null || place === undefined) return;
    // The line to go to might be drawn or read only later. Until then, the region around it handles the keys.
    const line = body.current?.querySelector<HTMLElement>(`[data-place="${place}"]`);
    if (line == null) {
      if (activeElement === null || activeElement === document.body)
        region.focus({ preventScroll: true });
      return;
    }
    goal.current = undefined;
    line.focus({ preventScroll: true });
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows.at(current);
    if (event.key === 'Enter') {
      if (row === undefined) return;
      openedAt.set(address(), current);
      goTo({ kind: 'row', run, row: row.row });
      return;
    }
    if (event.key === ' ' && onTick !== undefined && row !== undefined) {
      event.preventDefault();
      onTick(row);
      return;
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / linePx) - 2);
    const to = placeAfter(event.key, current, rows.count - 1, page);
    if (to === undefined || rows.count === 0) return;
    event.preventDefault();
    setCurrent(to);
    goal.current = to;
    scrollTo(to);
  };
  const onClick = ({ target }: Event) => {
    const line = target instanceof Element ? target.closest<HTMLElement>('[data-place]') : null;
    if (line !== null) openedAt.set(address(), Number(line.dataset['place']));
  };
  return { current, setCurrent, onKeyDown, onClick };
}
