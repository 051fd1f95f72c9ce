import type { PageRow } from '../page/page-row.ts';
import { need } from './page-parts.ts';
import { matchingRows, rowText } from './row-filter.ts';
import type { Labels } from './row-window.ts';

/** The search field, the code and the outcomes above the table. The page's address stores the current filter. */
export class RowSearch {
  readonly #search = need('#search', HTMLInputElement);
  readonly #why = need('#why', HTMLSelectElement);
  readonly #boxes = [...document.querySelectorAll<HTMLInputElement>('input[name="outcome"]')];
  readonly #rows: readonly PageRow[];
  readonly #labels: Labels;
  #texts: readonly string[] | undefined;

  constructor(rows: readonly PageRow[], labels: Labels) {
    this.#rows = rows;
    this.#labels = labels;
  }

  /** Calls back when the reader wants to see different rows. */
  onChange(changed: () => void): void {
    const asked = () => {
      this.#remember();
      changed();
    };
    for (const control of [this.#search, this.#why, ...this.#boxes]) {
      control.addEventListener('input', asked);
    }
    need('#clear').addEventListener('click', () => {
      this.#search.value = '';
      this.#why.value = '';
      for (const box of this.#boxes) box.checked = false;
      asked();
      this.#search.focus();
    });
  }

  /** Returns the positions of the rows that match. */
  found(): number[] {
    this.#texts ??= this.#rows.map(rowText);
    const outcomes = this.#boxes
      .filter((box) => box.checked)
      .map((box) => this.#labels.findIndex(([name]) => name === box.value));
    const words = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
    return matchingRows(this.#rows, this.#texts, { words, outcomes, why: this.#why.value });
  }

  /** Restores the filter from the page's address. Returns false if it has none. */
  recall(): boolean {
    const hash = location.hash.slice(1);
    if (!/^(q|outcome|why)=/.test(hash)) return false;
    const said = new URLSearchParams(hash);
    this.#search.value = said.get('q') ?? '';
    const wanted = said.getAll('outcome');
    for (const box of this.#boxes) box.checked = wanted.includes(box.value);
    const code = said.get('why') ?? '';
    const known = [...this.#why.options].some(({ value }) => value === code);
    this.#why.value = known ? code : '';
    return true;
  }

  #remember(): void {
    const said = new URLSearchParams();
    if (this.#search.value !== '') said.set('q', this.#search.value);
    for (const box of this.#boxes) if (box.checked) said.append('outcome', box.value);
    if (this.#why.value !== '') said.set('why', this.#why.value);
    const hash = said.toString();
    history.replaceState(null, '', hash === '' ? '#all' : `#${hash}`);
  }
}
