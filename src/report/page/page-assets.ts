import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { readPackageFile } from '../../disk/package-file.ts';
import { startChart } from '../browser/chart.ts';
import { matchingRows, rowText, sortedPlaces } from '../browser/row-filter.ts';
import { startTable } from '../browser/row-table.ts';
import { pageStyle } from './style.ts';

/** What a page carries inline, and the policy that lets exactly that run. */
export interface PageAssets {
  readonly style: string;
  readonly script: string;
  /** Content-Security-Policy: nothing is loaded, nothing is sent, one style and one script by their hashes. */
  readonly policy: string;
}

let made: PageAssets | undefined;

function sha256(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}

/** Returns what every page carries; read and hashed once. */
export function pageAssets(): PageAssets {
  if (made !== undefined) return made;
  // The chart library is found where npm installed it: it may stand above us, in the project that depends on us.
  const resolve = createRequire(import.meta.url).resolve;
  const uplot = (file: string) => readPackageFile(resolve(`uplot/dist/${file}`)).trim();
  const style = `${uplot('uPlot.min.css')}\n${pageStyle}`;
  // These functions know nothing but each other and the page; their compiled source is the page's script.
  const parts = [rowText, matchingRows, sortedPlaces, startTable, startChart].map(String);
  // The table first: whatever the chart library dislikes of a browser, the rows can be read.
  const script = `${parts.join('\n')}\nstartTable();\n${uplot('uPlot.iife.min.js')}\nstartChart(uPlot);\n`;
  const policy = [
    "default-src 'none'",
    `script-src ${sha256(script)}`,
    `style-src ${sha256(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  made = { style, script, policy };
  return made;
}
