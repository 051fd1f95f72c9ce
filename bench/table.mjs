import { cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Prints rows as a table in Markdown, columns aligned. */
export function printTable(title, columns, rows) {
  const texts = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, at) => Math.max(3, ...texts.map((row) => row[at].length)));
  const line = (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  console.log(`\n### ${title}\n`);
  for (const text of [line(texts[0]), rule, ...texts.slice(1).map(line)]) console.log(text);
}

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
export const ratio = (a, b) => (b === 0 ? '–' : `${(a / b).toFixed(2)}×`);
export const whole = (number) => Math.round(number).toLocaleString('en-US');

/** Says which machine this is and how busy: a ratio of one run means something, a time on a busy machine means little. */
export function printMachine() {
  const [cpu] = cpus();
  console.log(
    `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
      `${platform()} ${release()}, Node ${process.versions.node}; load ${loadavg()
        .map((load) => load.toFixed(1))
        .join(' ')} before the run.`,
  );
}
