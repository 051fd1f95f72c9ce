/** The script of report.html, which runs in its reader's browser; scripts/bundle-browser.mjs begins here. */
import { startTable } from './row-table.ts';

startTable();
// The chart library is loaded last: if it fails in a browser, the rows can still be read.
void import('./timeline-chart.ts').then(({ startChart }) => startChart());
