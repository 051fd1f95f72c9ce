import type { PageRow } from '../page/page-row.ts';
import { embedded, need } from './page-parts.ts';
import { cellText, type Labels } from './row-window.ts';

/** Opens the dialog that shows everything about one row. */
export function showDetails(row: PageRow, labels: Labels): void {
  const list = need('#details dl');
  const add = (name: string, value: string) => {
    if (value === '') return;
    const term = document.createElement('dt');
    term.textContent = name;
    const text = document.createElement('dd');
    text.textContent = value;
    list.append(term, text);
  };
  list.replaceChildren();
  need('#details h2').textContent = `Row ${row[0].toLocaleString('en-US')}`;
  // The row's number is in the heading.
  (embedded('#names') as readonly string[]).forEach((name, column) => {
    if (column > 0) add(name, cellText(row, column, labels));
  });
  (embedded('#own') as readonly string[]).forEach((name, column) =>
    add(name, row[14][column] ?? ''),
  );
  need('#details', HTMLDialogElement).showModal();
}
