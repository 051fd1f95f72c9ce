/** What report.html runs in its reader's browser; scripts/bundle-browser.mjs begins here. */
import { startTable } from './row-table.ts';

startTable();
// Only now is the chart library loaded: whatever it dislikes of a browser, the rows can be read.
void import('./timeline-chart.ts').then(({ startChart }) => startChart());
