/**
 * What a spreadsheet runs: formulas, also with full-width or small signs (Excel in Japanese and Chinese), behind blanks
 * that an import cuts off (Google Sheets), and cells that begin with a tab or a line break (OWASP, CSV injection).
 */
const DANGEROUS = /^(?:[\t\r\n]|[\s\u200B\uFEFF]*[=+\-@＝＋－＠﹦﹢﹣﹫])/;
const GUARD = "'";
/** What a cell must start with to need a closer look; nearly none does. */
const SUSPECT = /^['=+\-@＝＋－＠﹦﹢﹣﹫\s\u200B\uFEFF]/;

/** Returns the cell as a spreadsheet shows it without running it: a leading quote before what it would run. */
export function neutralizeCell(text: string): string {
  if (!SUSPECT.test(text)) return text;
  // A cell that already starts with guards before what is dangerous gets one more, so that restoring is exact.
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
