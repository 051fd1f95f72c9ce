import { matchingRows, type PageRow, rowText, sortedPlaces } from './row-filter.ts';

/**
 * Brings the table of rows to life: search, filters, sorting, a window of rows over any number of them, and a row's
 * details. Runs in the reader's browser, from its own source: it may use the functions of row-filter.ts and the page.
 * Row texts reach the page as text only.
 */
export function startTable(): void {
  // A report of no rows has no table.
  if (document.querySelector('#table') === null) return;
  const need = <E extends Element = HTMLElement>(selector: string, kind?: new () => E): E => {
    const found = document.querySelector<E>(selector);
    if (found === null || (kind !== undefined && !(found instanceof kind))) {
      throw new Error(`The page lacks ${selector}`);
    }
    return found;
  };
  const rows = JSON.parse(need('#rows').textContent) as PageRow[];
  const labels = JSON.parse(need('#labels').textContent) as readonly (readonly [string, string])[];
  let texts: string[] | undefined;

  const search = need('#search', HTMLInputElement);
  const why = need('#why', HTMLSelectElement);
  const boxes = [...document.querySelectorAll<HTMLInputElement>('input[name="outcome"]')];
  const scroller = need('#scroller');
  const body = need('#scroller tbody', HTMLTableSectionElement);
  const headers = [...document.querySelectorAll<HTMLTableCellElement>('#scroller th')];
  const status = need('#shown');
  const dialog = need('#details', HTMLDialogElement);

  const OVERSCAN = 8;
  let rowHeight = 36;
  let places: number[] = [];
  let sortColumn = 0;
  let descending = false;
  let active = 0;
  let first = -1;

  const gap = (): HTMLTableCellElement => {
    const line = document.createElement('tr');
    line.setAttribute('aria-hidden', 'true');
    const cell = document.createElement('td');
    cell.className = 'gap';
    line.append(cell);
    body.append(line);
    return cell;
  };
  const above = gap();
  const below = gap();
  const pool: HTMLTableRowElement[] = [];

  const columnOf = (header: HTMLTableCellElement) => Number(header.dataset['column']);
  const cellText = (row: PageRow, column: number): string => {
    if (column === 1) return labels[row[1]]?.[1] ?? '';
    if (column === 5 && row[5] === 0) return '';
    const text = String(row[column] ?? '');
    return column === 9 || column === 10 ? text.slice(0, 19).replace('T', ' ') : text;
  };

  const fill = (line: HTMLTableRowElement, place: number, index: number) => {
    const row = rows[place];
    if (row === undefined) return;
    line.dataset['index'] = String(index);
    line.setAttribute('aria-rowindex', String(index + 2));
    line.tabIndex = index === active ? 0 : -1;
    headers.forEach((header, i) => {
      const cell = line.cells[i];
      if (cell === undefined) return;
      const column = columnOf(header);
      cell.textContent = cellText(row, column);
      if (column === 1) cell.dataset['outcome'] = labels[row[1]]?.[0] ?? '';
    });
  };

  const poolRow = (): HTMLTableRowElement => {
    const line = document.createElement('tr');
    for (const header of headers) line.insertCell().className = header.className;
    below.parentElement?.before(line);
    return line;
  };

  const draw = (anew: boolean) => {
    const visible = Math.ceil(scroller.clientHeight / rowHeight) + 2 * OVERSCAN;
    const top = Math.floor(scroller.scrollTop / rowHeight) - OVERSCAN;
    const from = Math.max(0, Math.min(top, places.length - visible));
    if (!anew && from === first) return;
    first = from;
    const size = Math.min(visible, places.length - from);
    while (pool.length < size) pool.push(poolRow());
    while (pool.length > size) pool.pop()?.remove();
    pool.forEach((line, i) => fill(line, places[from + i] ?? -1, from + i));
    above.style.height = `${from * rowHeight}px`;
    below.style.height = `${(places.length - from - size) * rowHeight}px`;
    const measured = pool[0]?.offsetHeight ?? 0;
    if (anew && measured > 0 && measured !== rowHeight) {
      // The reader's font decides how tall a row is.
      rowHeight = measured;
      draw(true);
    }
  };

  const remember = () => {
    const said = new URLSearchParams();
    if (search.value !== '') said.set('q', search.value);
    for (const box of boxes) if (box.checked) said.append('outcome', box.value);
    if (why.value !== '') said.set('why', why.value);
    const hash = said.toString();
    history.replaceState(null, '', hash === '' ? '#all' : `#${hash}`);
  };

  const apply = () => {
    texts ??= rows.map(rowText);
    const outcomes = boxes
      .filter((box) => box.checked)
      .map((box) => labels.findIndex(([name]) => name === box.value));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = matchingRows(rows, texts, { words, outcomes, why: why.value });
    places =
      sortColumn === 0 && !descending ? found : sortedPlaces(rows, found, sortColumn, descending);
    active = 0;
    scroller.scrollTop = 0;
    need('#scroller table').setAttribute('aria-rowcount', String(places.length + 1));
    const number = (n: number) => n.toLocaleString('en-US');
    status.textContent = `${number(places.length)} of ${number(rows.length)} rows shown`;
    need('#none').hidden = places.length > 0;
    draw(true);
  };

  const recall = (): boolean => {
    const hash = location.hash.slice(1);
    if (!/^(q|outcome|why)=/.test(hash)) return false;
    const said = new URLSearchParams(hash);
    search.value = said.get('q') ?? '';
    const wanted = said.getAll('outcome');
    for (const box of boxes) box.checked = wanted.includes(box.value);
    const code = said.get('why') ?? '';
    why.value = [...why.options].some(({ value }) => value === code) ? code : '';
    return true;
  };

  const show = (index: number) => {
    const row = rows[places[index] ?? -1];
    if (row === undefined) return;
    const list = need('#details dl');
    list.replaceChildren();
    const names = JSON.parse(need('#names').textContent) as readonly string[];
    need('#details h2').textContent = `Row ${row[0].toLocaleString('en-US')}`;
    names.forEach((name, column) => {
      const value = cellText(row, column);
      if (column === 0 || value === '') return;
      const term = document.createElement('dt');
      term.textContent = name;
      const text = document.createElement('dd');
      text.textContent = value;
      list.append(term, text);
    });
    const own = JSON.parse(need('#own').textContent) as readonly string[];
    own.forEach((name, column) => {
      const value = row[14][column] ?? '';
      if (value === '') return;
      const term = document.createElement('dt');
      term.textContent = name;
      const text = document.createElement('dd');
      text.textContent = value;
      list.append(term, text);
    });
    dialog.showModal();
  };

  const moveTo = (index: number) => {
    active = Math.max(0, Math.min(index, places.length - 1));
    const head = headers[0]?.offsetHeight ?? 0;
    const top = active * rowHeight;
    const room = scroller.clientHeight - head - rowHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
    draw(true);
    pool.find((line) => line.dataset['index'] === String(active))?.focus({ preventScroll: true });
  };

  const indexOf = (event: Event): number => {
    const line = event.target instanceof Element ? event.target.closest('tr') : null;
    return Number(line?.dataset['index'] ?? -1);
  };

  for (const header of headers) {
    header.querySelector('button')?.addEventListener('click', () => {
      const column = columnOf(header);
      descending = column === sortColumn && !descending;
      sortColumn = column;
      for (const other of headers) other.removeAttribute('aria-sort');
      header.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      apply();
    });
  }
  for (const control of [search, why, ...boxes]) {
    control.addEventListener('input', () => {
      apply();
      remember();
    });
  }
  need('#clear').addEventListener('click', () => {
    search.value = '';
    why.value = '';
    for (const box of boxes) box.checked = false;
    apply();
    remember();
    search.focus();
  });
  scroller.addEventListener('scroll', () => requestAnimationFrame(() => draw(false)), {
    passive: true,
  });
  new ResizeObserver(() => draw(true)).observe(scroller);
  body.addEventListener('click', (event) => show(indexOf(event)));
  body.addEventListener('keydown', (event) => {
    const page = Math.floor(scroller.clientHeight / rowHeight) - 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: places.length - 1,
    };
    const step = steps[event.key];
    if (step !== undefined) moveTo(step);
    else if (event.key === 'Enter' || event.key === ' ') show(indexOf(event));
    else return;
    event.preventDefault();
  });
  need('#details button').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => moveTo(active));
  body.addEventListener('focusin', (event) => {
    const index = indexOf(event);
    if (index >= 0) active = index;
  });
  addEventListener('hashchange', () => {
    if (!recall()) return;
    apply();
    need('#all').scrollIntoView();
  });

  need('#table').hidden = false;
  const asked = recall();
  apply();
  if (asked) need('#all').scrollIntoView();
}
