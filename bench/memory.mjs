// Peak resident memory of each command by the number of rows.
import { join } from 'node:path';
import { product } from './measured.mjs';
import { withOrg } from './org.mjs';
import { printTable, ratio, seconds, whole } from './table.mjs';

const SHORT = [1000, 20_000, 100_000];
const FULL = [1000, 10_000, 20_000, 100_000, 200_000, 1_000_000];

async function measured(rows) {
  return withOrg({ rows }, async (org) => {
    const dir = join(org.dir, 'run');
    const consent = ['--yes', '--max-users', String(rows), '-q'];
    const stopped = ['--max-duration', `${Math.max(1, Math.round(rows / 10_000))}s`];
    const commands = [
      ['plan', ['plan', '--file', org.csv, '--out', dir, '-q'], [0]],
      ['run', ['run', '--plan', dir, ...consent, ...stopped], [0, 7]],
      ['resume', ['resume', dir, '-q'], [0]],
      ['report', ['report', dir, '--format', 'csv', '-q'], [0]],
      [
        'rerun',
        ['rerun', dir, '--dry-run', '--only', 'succeeded', '--out', `${dir}-again`, '-q'],
        [0],
      ],
    ];
    const results = [];
    for (const [name, args, allowed] of commands) {
      const { wallMs, peakMiB } = await product(org, args, { allowed });
      results.push({ name, rows, wallMs, peakMiB });
    }
    return results;
  });
}

/**
 * Prints peak memory per command and size, and how it grows compared with 20,000 rows, or with the smallest size if they are
 * missing.
 */
export async function benchMemory({ full, sizes = full ? FULL : SHORT }) {
  const all = [];
  for (const rows of sizes) all.push(...(await measured(rows)));
  const base = sizes.includes(20_000) ? 20_000 : Math.min(...sizes);
  const atBase = new Map(
    all.filter(({ rows }) => rows === base).map(({ name, peakMiB }) => [name, peakMiB]),
  );
  printTable(
    'Memory: peak RSS (the run is stopped on its way, and resumed)',
    ['command', 'rows', 'peak MiB', `of ${whole(base)} rows`, 'time'],
    all.map(({ name, rows, wallMs, peakMiB }) => [
      name,
      whole(rows),
      whole(peakMiB),
      ratio(peakMiB, atBase.get(name) ?? 0),
      seconds(wallMs),
    ]),
  );
}
