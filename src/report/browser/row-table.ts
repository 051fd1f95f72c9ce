import type { PageRow } from '../page/page-row.ts';
import { embedded, need } from './page-parts.ts';
import { showDetails } from './row-details.ts';
import { sortedPlaces } from './row-filter.ts';
import { RowSearch } from './row-search.ts';
import { columnOf, type Labels, RowWindow } from './row-window.ts';

/** Moves through the rows with the keys of a list, and opens one. */
function listenToKeys(
  shown: RowWindow,
  open: (index: number) => void,
  indexOf: (event: Event) => number,
) {
  shown.body.addEventListener('keydown', (event) => {
    const page = shown.linesPerPage - 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: shown.active + 1,
      ArrowUp: shown.active - 1,
      PageDown: shown.active + page,
      PageUp: shown.active - page,
      Home: 0,
      End: shown.length - 1,
    };
    const step = steps[event.key];
    if (step !== undefined) shown.moveTo(step);
    else if (event.key === 'Enter' || event.key === ' ') open(indexOf(event));
    else return;
    event.preventDefault();
  });
}

/** Opens a row's details on a click or key, and restores the focus when they are closed. */
function listenToRows(shown: RowWindow, labels: Labels): void {
  const indexOf = ({ target }: Event): number => {
    const line = target instanceof Element ? target.closest('tr') : null;
    return Number(line?.dataset['index'] ?? -1);
  };
  const open = (index: number) => {
    const row = shown.rowAt(index);
    if (row !== undefined) showDetails(row, labels);
  };
  shown.body.addEventListener('click', (event) => open(indexOf(event)));
  listenToKeys(shown, open, indexOf);
  shown.body.addEventListener('focusin', (event) => {
    const index = indexOf(event);
    if (index >= 0) shown.active = index;
  });
  const dialog = need('#details', HTMLDialogElement);
  need('#details button').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => shown.moveTo(shown.active));
}

/**
 * Makes the table of rows interactive: search, filters, sorting, a window over any number of rows, and a row's details.
 */
export function startTable(): void {
  // A report without rows has no table.
  if (document.querySelector('#table') === null) return;
  const rows = embedded('#rows') as readonly PageRow[];
  const labels = embedded('#labels') as Labels;
  const shown = new RowWindow(rows, labels);
  const search = new RowSearch(rows, labels);
  const sort = { column: 0, descending: false };

  const apply = () => {
    const { column, descending } = sort;
    const found = search.found();
    const places =
      column === 0 && !descending ? found : sortedPlaces(rows, found, column, descending);
    const number = (n: number) => n.toLocaleString('en-US');
    need('#shown').textContent = `${number(places.length)} of ${number(rows.length)} rows shown`;
    need('#none').hidden = places.length > 0;
    shown.show(places);
  };

  for (const header of shown.headers) {
    header.querySelector('button')?.addEventListener('click', () => {
      const column = columnOf(header);
      sort.descending = column === sort.column && !sort.descending;
      sort.column = column;
      for (const other of shown.headers) other.removeAttribute('aria-sort');
      header.setAttribute('aria-sort', sort.descending ? 'descending' : 'ascending');
      apply();
    });
  }
  search.onChange(apply);
  listenToRows(shown, labels);
  const follow = () => requestAnimationFrame(() => shown.follow());
  shown.scroller.addEventListener('scroll', follow, { passive: true });
  new ResizeObserver(() => shown.redraw()).observe(shown.scroller);
  addEventListener('hashchange', () => {
    if (!search.recall()) return;
    apply();
    need('#all').scrollIntoView();
  });

  need('#table').hidden = false;
  const asked = search.recall();
  apply();
  if (asked) need('#all').scrollIntoView();
}
