import type { Archive } from './archive.ts';
import { unescaped } from './cell-text.ts';
import { oversizedWorkbook } from './workbook-error.ts';
import { readWholeXml, type ElementBudget } from './xml.ts';

/** All texts of a workbook are in memory while it is read. Those of a million rows have about 60 million characters. */
const MOST_CHARACTERS = 100_000_000;

/** Collects the text of rich text: its runs, without the readings of Japanese words. */
export class RichText {
  text = '';
  #inText = false;
  #inReading = false;

  /** Prepares for the next text. */
  clear(): void {
    this.text = '';
  }

  open(name: string): void {
    if (name === 't') this.#inText = true;
    else if (name === 'rPh') this.#inReading = true;
  }

  add(text: string): void {
    if (this.#inText && !this.#inReading) this.text += text;
  }

  close(name: string): void {
    if (name === 't') this.#inText = false;
    else if (name === 'rPh') this.#inReading = false;
  }
}

/** Reads the texts that cells refer to by number. */
export async function readSharedStrings(
  archive: Archive,
  member: string | undefined,
  budget: ElementBudget,
): Promise<readonly string[]> {
  const strings: string[] = [];
  if (member === undefined) return strings;
  const rich = new RichText();
  let characters = 0;
  await readWholeXml(archive, member, budget, {
    open: (name) => {
      if (name === 'si') rich.clear();
      else rich.open(name);
    },
    text: (text) => rich.add(text),
    close: (name) => {
      if (name !== 'si') {
        rich.close(name);
        return;
      }
      characters += rich.text.length;
      if (characters > MOST_CHARACTERS) throw oversizedWorkbook(archive.path);
      strings.push(unescaped(rich.text));
    },
  });
  return strings;
}
