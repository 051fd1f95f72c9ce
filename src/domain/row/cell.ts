/**
 * What a spreadsheet runs: formulas, also with full-width or small signs (Excel in Japanese and Chinese) or after
 * spaces that an import removes (Google Sheets), and cells that begin with a tab or a line break (OWASP, CSV
 * injection).
 */
const DANGEROUS = /^(?:[\t\r\n]|[\s\u200B\uFEFF]*[=+\-@＝＋－＠﹦﹢﹣﹫])/;
const GUARD = "'";
/** The first characters of cells that need a closer look; few cells have one. */
const SUSPECT = /^['=+\-@＝＋－＠﹦﹢﹣﹫\s\u200B\uFEFF]/;

/** Returns the cell in a form that a spreadsheet shows and does not run: with a leading quote if it would run. */
export function neutralizeCell(text: string): string {
  if (!SUSPECT.test(text)) return text;
  // A cell that already starts with quotes before something dangerous gets one more, so that restoring is exact.
  return DANGEROUS.test(text.replace(/^'+/, '')) ? GUARD + text : text;
}

/** Tells whether a spreadsheet would run the cell as a formula. */
export function wouldRun(text: string): boolean {
  return DANGEROUS.test(text);
}

/** Restores a cell that `neutralizeCell` returned. */
export function restoreCell(text: string): string {
  return text.startsWith(GUARD) && DANGEROUS.test(text.replace(/^'+/, '')) ? text.slice(1) : text;
}
