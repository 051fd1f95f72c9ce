/** The script of report.html, which runs in the reader's browser. scripts/bundle-browser.mjs begins here. */
import { startTable } from './row-table.ts';

startTable();
// The chart library is loaded last, so that the rows can be read even if it fails in a browser.
void import('./timeline-chart.ts').then(({ startChart }) => startChart());
