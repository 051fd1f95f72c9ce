// What input costs: 1 MB of every kind of file, each made of what takes most work; a workbook and the System Log next to a
// CSV.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { measure, product } from './measured.mjs';
import { withOrg } from './org.mjs';
import { printTable, ratio, seconds, whole } from './table.mjs';
import { workbookOf } from './workbook.mjs';

const READ = fileURLToPath(new URL('read-input.mjs', import.meta.url));
const SIZE = 1024 * 1024;

/** Random numbers, the same in each run. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const next = random(1);
const userId = () =>
  `00u${Array.from({ length: 17 }, () => LETTERS[(next(2 ** 31) >> 8) % 62]).join('')}`;
const titles = (count) => ['login', ...Array.from({ length: count - 1 }, (_, at) => `c${at}`)];

/** A beginning, and rows until the size is reached. */
function rowsOf(head, row, size = SIZE) {
  const parts = [head];
  for (let length = head.length, at = 0; length < size; at += 1) {
    const text = row(at);
    parts.push(text);
    length += text.length;
  }
  return parts.join('');
}

/** A workbook about as long as a packed one can be. */
function sheetOf(row, head = ['login']) {
  const made = (count) => workbookOf([head, ...Array.from({ length: count }, (_, at) => row(at))]);
  const some = 2000;
  const perRow = (made(2 * some).length - made(some).length) / some;
  return made(Math.floor(Math.min(200_000, SIZE / perRow)));
}

const user = (at) => ({
  id: userId(),
  status: 'ACTIVE',
  profile: { login: `u${at}@acme.example`, email: `u${at}@acme.example`, department: `d${at}` },
});
const wide = Array.from({ length: 999 }, (_, at) => `"n${at}":1`).join();

const SHAPES = {
  'ids in one column': () => rowsOf('id\n', () => `${userId()}\n`),
  'ids without a header': () => rowsOf('', () => `${userId()}\n`),
  'short logins in one column': () => rowsOf('login\n', (at) => `${at}\n`),
  'short logins, a header of 1,000 titles': () =>
    rowsOf(`${titles(1000).join()}\n`, (at) => `u${at}@a.bc\n`),
  'rows of 1,000 empty cells': () =>
    rowsOf(`${titles(1000).join()}\n`, (at) => `u${at}@a.bc${','.repeat(999)}\n`),
  'rows of all lengths': () =>
    rowsOf(`${titles(200).join()}\n`, (at) => `u${at}@a.bc${',x'.repeat(at % 20)}\n`),
  'quoted line breaks': () => rowsOf('login,note\n', (at) => `u${at}@a.bc,"\n\n\n"\n`),
  'titles of secrets, short rows': () =>
    rowsOf(
      `login,${Array.from({ length: 999 }, (_, at) => `password ${at}`).join()}\n`,
      (at) => `u${at}@a.bc\n`,
    ),
  'blank lines': () => rowsOf('login\na@b.cd\n', () => '\n'),
  'an array of users': () => `[${rowsOf('', (at) => `${JSON.stringify(user(at))},`).slice(0, -1)}]`,
  'a user on each line': () => rowsOf('', (at) => `${JSON.stringify(user(at))}\n`),
  'short users on lines': () => rowsOf('', (at) => `{"id":"${at}"}\n`),
  'texts in an array': () => `[${rowsOf('', (at) => `"${at}",`).slice(0, -1)}]`,
  'a member of its own in each user': () => rowsOf('', (at) => `{"login":"a","n${at}":1}\n`),
  'a first user of 1,000 members': () =>
    rowsOf(`{"login":"a",${wide}}\n`, (at) => `{"login":"${at}"}\n`),
  'a workbook of numbers': () => sheetOf(() => [next(2 ** 30)]),
  'a workbook of texts': () => sheetOf(() => [`u${next(2 ** 30)}@acme.example`]),
  'a workbook of ids': () => sheetOf(() => [userId()], ['id']),
  'a workbook of ten cells a row': () =>
    sheetOf((at) => [at, ...Array.from({ length: 9 }, () => next(100))]),
  'a workbook of 240 cells a row': () =>
    sheetOf((at) => [at, ...Array.from({ length: 239 }, () => next(100))]),
  'a workbook, a header of 1,000 titles': () => sheetOf(() => [next(2 ** 30)], titles(1000)),
};

/** Text, packed: as long as before, so there is more of it. */
function packed(text) {
  for (let times = 64; ; times /= 2) {
    const bytes = gzipSync(Buffer.concat(Array.from({ length: times }, () => text)));
    if (bytes.length <= SIZE || times === 1) return bytes;
  }
}

async function reading(name, path) {
  const { cpuMs, peakMiB, stdout } = await measure(process.execPath, [READ, path]);
  const { rows, refused } = JSON.parse(stdout);
  return { name, rows, refused, cells: [refused ?? whole(rows), seconds(cpuMs), whole(peakMiB)] };
}

/** What a plan of the same file takes, or if it is refused, what the refusal takes. */
async function planning(org, path, { rows, refused }) {
  const out = `${path}-run`;
  const args = ['plan', '--file', path, '--out', out, '-q'];
  const { cpuMs, peakMiB } = await product(org, args, { allowed: [0, 3] });
  await rm(out, { recursive: true, force: true });
  const perRow = refused === undefined ? whole((cpuMs / rows) * 1000) : '–';
  return [seconds(cpuMs), whole(peakMiB), perRow];
}

/** The text of a cell in a workbook, without its quotes. Control characters are `_x001B_` there. */
const escaped = (text) =>
  text
    .replaceAll('"', '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(
      /\p{Cc}/gu,
      (letter) => `_x${letter.codePointAt(0).toString(16).padStart(4, '0')}_`,
    );

/** Plans over the same users from a CSV and from a workbook, and over those of a System Log. */
async function bySource(rows, events) {
  const table = await withOrg({ rows }, async (org) => {
    const lines = (await readFile(org.csv, 'utf8')).trim().split('\n');
    const xlsx = join(org.dir, 'users.xlsx');
    await writeFile(xlsx, workbookOf(lines.map((line) => line.split(',').map(escaped))));
    const type = 'user.mfa.okta_verify.deny_push';
    await fetch(`${org.url}/sandbox/sign-ins?type=${type}&users=${events}`, { method: 'POST' });
    const sources = [
      [`CSV, ${whole(rows)} rows`, '--file', org.csv],
      [`XLSX, ${whole(rows)} rows`, '--file', xlsx],
      [`System Log, ${whole(events)} events`, '--log', `eventType eq "${type}"`],
    ];
    const measured = [];
    for (const [name, ...selection] of sources) {
      const args = ['plan', ...selection, '--out', join(org.dir, name), '-q'];
      measured.push([name, await product(org, args)]);
    }
    const [[, csv]] = measured;
    return measured.map(([name, { wallMs, cpuMs, peakMiB }]) => [
      ...[name, seconds(wallMs), ratio(wallMs, csv.wallMs)],
      ...[seconds(cpuMs), ratio(cpuMs, csv.cpuMs), whole(peakMiB)],
    ]);
  });
  const titles = ['a plan over', 'time', 'of the CSV’s', 'CPU', 'of the CSV’s', 'peak MiB'];
  printTable('Plans by source', titles, table);
}

/** Prints CPU time and peak memory of reading each, with `full` also packed, and of a plan of it. */
export async function benchInputs({ full }) {
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-bench-'));
  const path = join(dir, 'input');
  const table = [];
  try {
    await withOrg({ rows: 10 }, async (org) => {
      for (const [name, make] of Object.entries(SHAPES)) {
        const content = make();
        await writeFile(path, content);
        const read = await reading(name, path);
        table.push([name, ...read.cells, ...(full ? await planning(org, path, read) : [])]);
        if (!full || typeof content !== 'string') continue;
        await writeFile(path, packed(Buffer.from(content)));
        const unpacked = await reading(`${name}, gzip`, path);
        table.push([unpacked.name, ...unpacked.cells, '', '', '']);
      }
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  const titles = ['1 MB of', 'rows', 'reading, CPU', 'peak MiB'];
  const planned = full ? ['plan, CPU', 'peak MiB', 'µs/row'] : [];
  printTable('Inputs of 1 MB: CPU time of the process', [...titles, ...planned], table);
  await bySource(20_000, 10_000);
}
