// Without limits: rows per second, and CPU per row, next to clients that record nothing.
import { join } from 'node:path';
import { peer, product } from './measured.mjs';
import { outcomeOf, withOrg } from './org.mjs';
import { printTable, ratio, whole } from './table.mjs';

const AT_ONCE = 10;

const runProduct = (org) =>
  product(org, [
    'run',
    ...['--file', org.csv, '--out', join(org.dir, 'run'), '--concurrency', String(AT_ONCE)],
    ...['--yes', '--max-users', String(org.rows), '-q'],
  ]);
const BARE = {
  name: 'bare undici loop',
  run: (org) => peer('bare-loop', org, { concurrency: AT_ONCE }),
};
const NEWMAN = { name: 'newman, no delay', run: (org) => peer('newman', org, {}) };
const SDK = {
  name: 'okta-sdk, 10 at once',
  run: (org) => peer('okta-sdk', org, { concurrency: AT_ONCE }),
};

async function measured({ name, run }, rows, latencyMs) {
  return withOrg({ rows, latencyMs }, async (org) => {
    const { wallMs, cpuMs } = await run(org);
    const outcome = await outcomeOf(org);
    return {
      name,
      rows,
      latencyMs,
      perSecond: (rows / wallMs) * 1000,
      sending: (rows / outcome.makespanMs) * 1000,
      cpuUs: (cpuMs / rows) * 1000,
      serverUs: (outcome.cpuMs / rows) * 1000,
      lost: outcome.lost,
    };
  });
}

function print(title, results, against) {
  const columns = [
    ...['client', 'latency', 'rows', 'rows/s, whole process', `against ${against.name}`],
    ...[
      'rows/s while sending',
      `against ${against.name} `,
      'CPU µs/row',
      'org’s CPU µs/row',
      'lost',
    ],
  ];
  const rows = results.map((result) => [
    result.name,
    `${result.latencyMs} ms`,
    whole(result.rows),
    whole(result.perSecond),
    ratio(result.perSecond, against.perSecond),
    whole(result.sending),
    ratio(result.sending, against.sending),
    whole(result.cpuUs),
    whole(result.serverUs),
    result.lost,
  ]);
  printTable(title, columns, rows);
}

/** Prints a table without latency and one per latency; okta-reset's time includes plan, journal and reports. */
export async function benchThroughput({ full, peers }) {
  const ours = { name: 'okta-reset, whole job', run: runProduct };
  const rows = 20_000;
  const bare = await measured(BARE, rows, 0);
  const quick = [bare, await measured(ours, rows, 0)];
  if (peers) {
    quick.push(await measured(NEWMAN, full ? 4000 : 1000, 0));
    quick.push(await measured(SDK, full ? 10_000 : 2000, 0));
  }
  print('Throughput without limits', quick, bare);
  for (const latencyMs of full ? [80, 400] : [80]) {
    const few = latencyMs === 80 ? 2000 : 500;
    const loop = await measured(BARE, few, latencyMs);
    print(`Throughput at ${latencyMs} ms`, [loop, await measured(ours, few, latencyMs)], loop);
  }
}
