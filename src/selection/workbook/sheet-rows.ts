import { MOST_COLUMNS } from '../layout/dialect.ts';
import { tooWide } from '../layout/layout-error.ts';
import { newTally, tallyLine, type LineTally } from '../remarks/notice.ts';
import type { Archive } from './archive.ts';
import { dateText, numberText, unescaped } from './cell-text.ts';
import { columnOfCell } from './cell-reference.ts';
import type { MergedValues } from './merged-cells.ts';
import { RichText } from './shared-strings.ts';
import { oversizedWorkbook } from './workbook-error.ts';
import { readXml, type Attributes, type ElementBudget, type XmlHandlers } from './xml.ts';

/** A row of a sheet that has at least one cell with text. `number` is the row number in Excel. */
export interface SheetRow {
  readonly number: number;
  readonly cells: string[];
  /** The number of characters in its cells. */
  readonly characters: number;
}

/** What the cells of a sheet refer to. */
export interface CellFacts {
  readonly textAt: (number: number) => string | undefined;
  readonly dateStyles: ReadonlySet<number>;
  readonly from1904: boolean;
}

/** What is counted in a sheet as it passes. */
export interface SheetTally {
  readonly hidden: LineTally;
  /** Rows with a formula whose value was never stored. */
  readonly unvalued: LineTally;
}

export function newSheetTally(): SheetTally {
  return { hidden: newTally(), unvalued: newTally() };
}

/** The most characters in a row; a JSON record can have as many. */
const MOST_ROW_CHARACTERS = 250_000;

function isTrue(text: string | undefined): boolean {
  return text === '1' || text === 'true';
}

/** Builds the rows of a sheet from its elements. */
class RowBuilder implements XmlHandlers {
  readonly rows: SheetRow[] = [];
  readonly #path: string;
  readonly #facts: CellFacts;
  readonly #tally: SheetTally;
  #row = 0;
  #isHidden = false;
  #cells: string[] = [];
  #characters = 0;
  #column = -1;
  #type = 'n';
  #style = 0;
  #inValue = false;
  #value = '';
  readonly #rich = new RichText();
  #hasFormula = false;

  constructor(path: string, facts: CellFacts, tally: SheetTally) {
    this.#path = path;
    this.#facts = facts;
    this.#tally = tally;
  }

  readonly open = (name: string, attributes: Attributes): void => {
    switch (name) {
      case 'row':
        this.#row = Number(attributes['r'] ?? this.#row + 1);
        this.#isHidden = isTrue(attributes['hidden']);
        this.#cells = [];
        this.#characters = 0;
        this.#column = -1;
        return;
      case 'c':
        this.#openCell(attributes);
        return;
      case 'v':
        this.#inValue = true;
        return;
      case 'f':
        this.#hasFormula = true;
        return;
      default:
        this.#rich.open(name);
    }
  };

  readonly text = (text: string): void => {
    if (this.#inValue) this.#value += text;
    else this.#rich.add(text);
  };

  readonly close = (name: string): void => {
    if (name === 'v') this.#inValue = false;
    else if (name === 'c') this.#closeCell();
    else if (name === 'row') this.#closeRow();
    else this.#rich.close(name);
  };

  #openCell(attributes: Attributes): void {
    this.#column = columnOfCell(attributes['r'] ?? '') ?? this.#column + 1;
    this.#type = attributes['t'] ?? 'n';
    this.#style = Number(attributes['s'] ?? 0);
    this.#value = '';
    this.#hasFormula = false;
    this.#rich.clear();
  }

  #cellText(): string {
    const value = this.#value;
    switch (this.#type) {
      case 's': {
        if (value === '') return '';
        const text = this.#facts.textAt(Number(value));
        if (text === undefined) throw new Error('a text that is not there');
        return text;
      }
      case 'inlineStr':
        return unescaped(this.#rich.text);
      case 'b':
        return value === '' ? '' : isTrue(value) ? 'TRUE' : 'FALSE';
      case 'n': {
        const days = this.#facts.dateStyles.has(this.#style) && value !== '' ? Number(value) : NaN;
        return dateText(days, this.#facts.from1904) ?? numberText(value);
      }
      default:
        // Texts of formulas, errors such as #N/A, and ISO dates.
        return unescaped(value);
    }
  }

  #closeCell(): void {
    const text = this.#cellText();
    if (text === '') {
      if (this.#hasFormula && this.#type !== 'str') tallyLine(this.#tally.unvalued, this.#row);
      return;
    }
    if (this.#column >= MOST_COLUMNS) throw tooWide(this.#path);
    this.#characters += text.length;
    if (this.#characters > MOST_ROW_CHARACTERS) throw oversizedWorkbook(this.#path);
    while (this.#cells.length < this.#column) this.#cells.push('');
    this.#cells[this.#column] = text;
  }

  #closeRow(): void {
    if (this.#cells.length === 0) return;
    if (this.#isHidden) tallyLine(this.#tally.hidden, this.#row);
    this.rows.push({ number: this.#row, cells: this.#cells, characters: this.#characters });
  }

  /** Returns the rows completed since the last call. */
  take(): readonly SheetRow[] {
    return this.rows.splice(0);
  }
}

/** Reads the rows of a sheet, piece by piece. Rejects with INPUT_WORKBOOK, and with INPUT_CSV for too many columns. */
export async function* readSheetRows(
  archive: Archive,
  member: string,
  budget: ElementBudget,
  facts: CellFacts,
  merged: MergedValues | undefined,
  tally: SheetTally,
): AsyncGenerator<readonly SheetRow[]> {
  const builder = new RowBuilder(archive.path, facts, tally);
  const pieces = readXml(archive, member, budget, builder, () => builder.take());
  for await (const rows of pieces) {
    for (const row of rows) merged?.fill(row.number, row.cells);
    if (rows.length > 0) yield rows;
  }
}
