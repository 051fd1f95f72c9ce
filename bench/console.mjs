// The console's table in a real browser: how soon its first rows are there, and how long typing in its search blocks the
// page.
import { fileURLToPath } from 'node:url';
import freshBuild from '../scripts/jest-fresh-build.js';
import { measure } from './measured.mjs';
import { printTable, seconds, whole } from './table.mjs';

const PAGE = fileURLToPath(new URL('console-page.mjs', import.meta.url));

const ms = (value) => `${Math.round(value)} ms`;

async function table(rows) {
  // The driver of the page is part of the tests, in TypeScript.
  const args = ['--import', 'tsx', PAGE, String(rows)];
  const { stdout } = await measure(process.execPath, args, { usage: false });
  const { coldMs, warmMs, rare, common } = JSON.parse(stdout.trim().split('\n').at(-1));
  return [
    ...[whole(rows), ms(coldMs), ms(warmMs), ms(Math.max(rare.taskMs, common.taskMs))],
    seconds(rare.foundMs),
  ];
}

/** Prints one table. */
export async function benchConsole({ sizes }) {
  // The driver starts the command as the tests do, from one file.
  await freshBuild();
  const tables = [];
  for (const rows of sizes ?? [20_000, 100_000]) tables.push(await table(rows));
  printTable(
    'Console: the rows of a plan',
    [
      ...['rows', 'first rows, cold', 'first rows, again', 'longest task while typing'],
      'the last row but one is found',
    ],
    tables,
  );
}
