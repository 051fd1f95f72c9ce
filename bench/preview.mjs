// What a preview costs, how soon a resumed run calls again, and how soon the help is printed.
import { readFile, writeFile, appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRunIndex } from '../dist/app/runs/index/index-writer.js';
import { chainLine, emptyHead } from '../dist/journal/chain.js';
import { measure, product } from './measured.mjs';
import { outcomeOf, withOrg } from './org.mjs';
import { printTable, ratio, seconds, whole } from './table.mjs';

async function preview(rows) {
  return withOrg({ rows }, async (org) => {
    const { wallMs, cpuMs } = await product(org, [
      'plan',
      '--file',
      org.csv,
      '--out',
      join(org.dir, 'run'),
      '-q',
    ]);
    const { stats } = await org.tell();
    const calls = Object.values(stats.requests).reduce((sum, count) => sum + count, 0);
    return [
      whole(rows),
      whole(calls),
      (rows / calls).toFixed(0),
      seconds(wallMs),
      whole((cpuMs / rows) * 1000),
    ];
  });
}

/** Writes the journal that a run of the first `rows` rows would have left, killed before it could close it. */
async function journalled(dir, rows) {
  const run = JSON.parse(await readFile(join(dir, 'run.json'), 'utf8'));
  const path = join(dir, 'journal.jsonl');
  const at = new Date().toISOString();
  let { link } = emptyHead(run.runId);
  let seq = 0;
  let text = '';
  const write = (record) => {
    seq += 1;
    const next = chainLine(link, seq, record);
    link = next.link;
    text += next.line;
  };
  await writeFile(path, '', { mode: 0o600 });
  const { runId, planDigest, toolVersion } = run;
  write({ kind: 'opened', at, runId, planDigest, toolVersion, pid: 1, hostname: 'bench' });
  const step = 'reset-password';
  for (let row = 1; row <= rows; row += 1) {
    const before = { status: 'ACTIVE', statusChangedMs: 0, passwordChangedMs: 0 };
    const userId = `00u${String(row).padStart(17, '0')}`;
    write({ kind: 'attempt', at, row, userId, step, attempt: 1, serverTimeMs: 0, before });
    write({
      kind: 'outcome',
      at,
      row,
      outcome: 'succeeded',
      step,
      attempts: 1,
      startedAt: at,
      status: 200,
    });
    if (row % 5000 === 0 || row === rows) {
      await appendFile(path, text);
      text = '';
    }
  }
}

/** How long Node takes to hash the files of a run once, and nothing else. Milliseconds. */
async function hashed(dir) {
  const files = ['plan.jsonl', 'journal.jsonl'].map((name) => JSON.stringify(join(dir, name)));
  const script = `const { createHash } = require('node:crypto'); const { createReadStream } = require('node:fs');
    (async () => { for (const file of [${files}]) { const hash = createHash('sha256');
    for await (const piece of createReadStream(file, { highWaterMark: 1048576 })) hash.update(piece); } })();`;
  return (await measure(process.execPath, ['-e', script], { usage: false })).wallMs;
}

async function resume(rows) {
  const left = 50;
  return withOrg({ rows: rows + left }, async (org) => {
    const dir = join(org.dir, 'run');
    await product(org, ['plan', '--file', org.csv, '--out', dir, '-q']);
    await journalled(dir, rows);
    const { runId } = JSON.parse(await readFile(join(dir, 'run.json'), 'utf8'));
    const path = (file) => join(dir, `${file}.jsonl`);
    // A run that was killed leaves its index next to its journal.
    await (await openRunIndex({ path }, runId)).close();
    const hashMs = await hashed(dir);
    // Nobody has consented to a run whose journal was made here.
    const yes = ['--yes', '--max-users', String(left)];
    const { startedAtMs, wallMs, peakMiB } = await product(org, ['resume', dir, '-q', ...yes]);
    const { firstAtMs } = await outcomeOf(org);
    const firstMs = firstAtMs - startedAtMs;
    return [whole(rows), seconds(firstMs), ratio(firstMs, hashMs), seconds(wallMs), whole(peakMiB)];
  });
}

async function startUp() {
  const bin = new URL('../bin/okta-reset.js', import.meta.url).pathname;
  const times = { node: [], help: [] };
  for (let turn = 0; turn < 15; turn += 1) {
    times.node.push((await measure(process.execPath, ['-e', '0'], { usage: false })).wallMs);
    times.help.push((await measure(process.execPath, [bin, '--help'], { usage: false })).wallMs);
  }
  const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const [node, help] = [median(times.node), median(times.help)];
  return [`${node.toFixed(0)} ms`, `${help.toFixed(0)} ms`, ratio(help, node)];
}

/** Prints three small tables. */
export async function benchPreview({ full, sizes }) {
  const previews = [];
  for (const rows of sizes ?? [10_000, 100_000]) previews.push(await preview(rows));
  printTable('Preview', ['rows', 'calls', 'rows per call', 'time', 'CPU µs/row'], previews);
  const journals = sizes ?? (full ? [100_000, 1_000_000] : [100_000]);
  const resumes = [];
  for (const rows of journals) resumes.push(await resume(rows));
  printTable(
    'Resume',
    [
      ...['rows journalled', 'to the first new call', 'against hashing plan and journal once'],
      ...['whole process', 'peak MiB'],
    ],
    resumes,
  );
  printTable(
    'Start-up (median of 15, by turns)',
    ['node -e 0', 'okta-reset --help', 'ratio'],
    [await startUp()],
  );
}
