const DANGEROUS = /^[=+\-@\t\r]/;
const GUARD = "'";
/** What a cell must start with to need a closer look; nearly none does. */
const SUSPECT = /^['=+\-@\t\r]/;

/** Returns the cell as a spreadsheet shows it without running it: a leading quote before `= + - @ TAB CR`. */
export function neutralizeCell(text: string): string {
  if (!SUSPECT.test(text)) return text;
  // A cell that already starts with guards before a dangerous character gets one more, so that restoring is exact.
  return DANGEROUS.test(text.replace(/^'+/, '')) ? GUARD + text : text;
}

/** Tells whether a spreadsheet would take the cell, as it is, for a formula. */
export function wouldRun(text: string): boolean {
  return DANGEROUS.test(text);
}

/** Undoes `neutralizeCell`. */
export function restoreCell(text: string): string {
  return text.startsWith(GUARD) && DANGEROUS.test(text.replace(/^'+/, '')) ? text.slice(1) : text;
}
