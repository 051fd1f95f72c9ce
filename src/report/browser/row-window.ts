import type { PageRow } from '../page/page-row.ts';
import { need } from './page-parts.ts';

/** How many rows are drawn above and below the visible ones, so that a scroll shows no gap. */
const OVERSCAN = 8;

/** Outcomes as the page names them: our word, and the word that a reader sees. */
export type Labels = readonly (readonly [string, string])[];

/** Returns the text of a cell: the label of an outcome, a time without its zone, and nothing for status 0. */
export function cellText(row: PageRow, column: number, labels: Labels): string {
  if (column === 1) return labels[row[1]]?.[1] ?? '';
  if (column === 5 && row[5] === 0) return '';
  const text = String(row[column] ?? '');
  return column === 9 || column === 10 ? text.slice(0, 19).replace('T', ' ') : text;
}

/** Returns the column that a heading belongs to. */
export function columnOf(header: HTMLTableCellElement): number {
  return Number(header.dataset['column']);
}

function gapIn(body: HTMLTableSectionElement): HTMLTableCellElement {
  const line = document.createElement('tr');
  line.setAttribute('aria-hidden', 'true');
  const cell = document.createElement('td');
  cell.className = 'gap';
  line.append(cell);
  body.append(line);
  return cell;
}

/**
 * The lines of the table, over any number of rows. Only the visible ones exist. Row texts are added to the page only as
 * text.
 */
export class RowWindow {
  readonly scroller = need('#scroller');
  readonly body = need('#scroller tbody', HTMLTableSectionElement);
  readonly headers = [...document.querySelectorAll<HTMLTableCellElement>('#scroller th')];
  readonly #above = gapIn(this.body);
  readonly #below = gapIn(this.body);
  readonly #lines: HTMLTableRowElement[] = [];
  readonly #rows: readonly PageRow[];
  readonly #labels: Labels;
  #rowHeight = 36;
  #first = -1;
  #places: readonly number[] = [];
  /** The position, among the shown rows, that the Tab key reaches. */
  active = 0;

  constructor(rows: readonly PageRow[], labels: Labels) {
    this.#rows = rows;
    this.#labels = labels;
  }

  /** How many rows pass the filter. */
  get length(): number {
    return this.#places.length;
  }

  /** How many rows are visible at once. */
  get linesPerPage(): number {
    return Math.floor(this.scroller.clientHeight / this.#rowHeight);
  }

  /** Returns the row at a position among the shown ones. */
  rowAt(index: number): PageRow | undefined {
    return this.#rows[this.#places[index] ?? -1];
  }

  /** Shows these rows from the first one on. */
  show(places: readonly number[]): void {
    this.#places = places;
    this.active = 0;
    this.scroller.scrollTop = 0;
    need('#scroller table').setAttribute('aria-rowcount', String(places.length + 1));
    this.redraw();
  }

  /** Draws the lines again, whatever was drawn. */
  redraw(): void {
    this.#draw(this.#from());
    const measured = this.#lines[0]?.offsetHeight ?? 0;
    if (measured <= 0 || measured === this.#rowHeight) return;
    // The reader's font decides how tall a row is.
    this.#rowHeight = measured;
    this.redraw();
  }

  /** Draws the lines that a scroll has made visible. */
  follow(): void {
    const from = this.#from();
    if (from !== this.#first) this.#draw(from);
  }

  /** Makes a row the active one, scrolls to it and focuses it. */
  moveTo(index: number): void {
    const { scroller } = this;
    this.active = Math.max(0, Math.min(index, this.length - 1));
    const head = this.headers[0]?.offsetHeight ?? 0;
    const top = this.active * this.#rowHeight;
    const room = scroller.clientHeight - head - this.#rowHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
    this.redraw();
    const line = this.#lines.find(({ dataset }) => dataset['index'] === String(this.active));
    line?.focus({ preventScroll: true });
  }

  #visible(): number {
    return Math.ceil(this.scroller.clientHeight / this.#rowHeight) + 2 * OVERSCAN;
  }

  #from(): number {
    const top = Math.floor(this.scroller.scrollTop / this.#rowHeight) - OVERSCAN;
    return Math.max(0, Math.min(top, this.length - this.#visible()));
  }

  #draw(from: number): void {
    this.#first = from;
    const size = Math.min(this.#visible(), this.length - from);
    while (this.#lines.length < size) this.#lines.push(this.#newLine());
    while (this.#lines.length > size) this.#lines.pop()?.remove();
    this.#lines.forEach((line, i) => this.#fill(line, from + i));
    this.#above.style.height = `${from * this.#rowHeight}px`;
    this.#below.style.height = `${(this.length - from - size) * this.#rowHeight}px`;
  }

  #newLine(): HTMLTableRowElement {
    const line = document.createElement('tr');
    for (const header of this.headers) line.insertCell().className = header.className;
    this.#below.parentElement?.before(line);
    return line;
  }

  #fill(line: HTMLTableRowElement, index: number): void {
    const row = this.rowAt(index);
    if (row === undefined) return;
    line.dataset['index'] = String(index);
    line.setAttribute('aria-rowindex', String(index + 2));
    line.tabIndex = index === this.active ? 0 : -1;
    this.headers.forEach((header, i) => {
      const cell = line.cells[i];
      if (cell === undefined) return;
      const column = columnOf(header);
      cell.textContent = cellText(row, column, this.#labels);
      if (column === 1) cell.dataset['outcome'] = this.#labels[row[1]]?.[0] ?? '';
    });
  }
}
