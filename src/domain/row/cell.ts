/**
 * What a spreadsheet would run: formulas, also with full-width or small signs (Excel in Japanese and Chinese) or after
 * spaces that an import removes (Google Sheets), and cells that begin with a tab or a line break (OWASP, CSV injection).
 */
const DANGEROUS = /^(?:[\t\r\n]|[\s\u200B\uFEFF]*[=+\-@＝＋－＠﹦﹢﹣﹫])/;
const GUARD = "'";
/** The first characters of cells that need a closer look, which few cells have. */
const SUSPECT = /^['=+\-@＝＋－＠﹦﹢﹣﹫\s\u200B\uFEFF]/;

/** Returns the cell in a form that a spreadsheet shows but does not run: with a leading quote if it would run. */
export function neutralizeCell(text: string): string {
  if (!SUSPECT.test(text)) return text;
  // A cell that already has quotes before something dangerous gets one more, so that it can be restored exactly.
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
