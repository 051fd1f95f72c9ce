// How close to the limit of Okta's windows: (ceil(N/L) − 1) · W, for N rows at L calls per window W.
import { join } from 'node:path';
import { peer, product } from './measured.mjs';
import { outcomeOf, withOrg } from './org.mjs';
import { printTable, ratio, seconds } from './table.mjs';

const ROWS = 290;
const LIMIT = 100;
const WINDOW_MS = 5000;

/**
 * The least time from the first write to the last: the window of the first one begins where it begins, and the last must not
 * be sent before the last window that is needed opens. If the org accepts few calls at once, a window has no more than they
 * can do in it, and the last calls take their time.
 */
function boundOf({ firstAtMs, bucketFirstAtMs, gridMs }, { windowStart, concurrency, latencyMs }) {
  const into =
    windowStart === 'grid' ? (firstAtMs - gridMs) % WINDOW_MS : firstAtMs - bucketFirstAtMs;
  if (concurrency === undefined) return (Math.ceil(ROWS / LIMIT) - 1) * WINDOW_MS - into;
  const perMs = concurrency / latencyMs;
  let left = ROWS;
  let atMs = 0;
  for (let endMs = WINDOW_MS - into; ; endMs += WINDOW_MS) {
    const here = Math.min(LIMIT, Math.floor((endMs - atMs) * perMs));
    if (here >= left) return atMs + left / perMs;
    left -= here;
    atMs = endMs;
  }
}

const quiet = { name: 'quiet org', options: {} };
const SCENES = [
  quiet,
  { name: '80 ms latency', options: { latencyMs: 80 } },
  { name: 'windows on a grid', options: { windowStart: 'grid' } },
  { name: 'a rival takes 40 %', options: { rivalShare: 0.4 } },
  { name: '5 calls at once, 80 ms', options: { latencyMs: 80, concurrency: 5 } },
];
const MORE = [
  { name: '400 ms latency', options: { latencyMs: 400 }, flags: ['--concurrency', '20'] },
  { name: 'a rival takes 20 %', options: { rivalShare: 0.2 } },
  { name: 'a rival takes 60 %', options: { rivalShare: 0.6 } },
];

const runProduct = (org, flags = []) =>
  product(org, [
    'run',
    ...['--file', org.csv, '--out', join(org.dir, 'run')],
    ...['--yes', '--max-users', String(ROWS), '--rate-share', '100', ...flags],
  ]);

const SAFE_DELAY_MS = Math.ceil(WINDOW_MS / LIMIT);
const PEERS = [
  {
    name: `newman, ${SAFE_DELAY_MS} ms delay`,
    run: (org) => peer('newman', org, { delayMs: SAFE_DELAY_MS }),
  },
  { name: 'okta-sdk, sequential', run: (org) => peer('okta-sdk', org, { concurrency: 1 }) },
  { name: 'okta-sdk, 10 at once', run: (org) => peer('okta-sdk', org, { concurrency: 10 }) },
];
const CURL = {
  name: 'curl --parallel --retry 10',
  run: (org) => peer('curl', org, { concurrency: 10 }),
};

async function measured(client, scene, run) {
  const options = { rows: ROWS, limits: { users: LIMIT }, windowMs: WINDOW_MS, ...scene.options };
  return withOrg(options, async (org) => {
    const { wallMs } = await run(org);
    const outcome = await outcomeOf(org);
    const bound = boundOf(outcome, scene.options);
    const over = outcome.makespanMs - bound;
    return [
      client,
      scene.name,
      seconds(bound),
      seconds(outcome.makespanMs),
      `${over < 0 ? '' : '+'}${seconds(over)}`,
      ratio(outcome.makespanMs, bound),
      outcome.refusedByWindow,
      outcome.refusedByConcurrency,
      outcome.lost,
      outcome.twice,
      seconds(wallMs),
    ];
  });
}

/** Prints one table: okta-reset in each scene, and the peers in a quiet org. */
export async function benchPacing({ full, alone, peers }) {
  const rows = [];
  for (const scene of full ? [...SCENES, ...MORE] : SCENES) {
    rows.push(await measured('okta-reset', scene, (org) => runProduct(org, scene.flags)));
  }
  const scenes = full ? [quiet, SCENES[1], SCENES[4]] : [quiet];
  for (const scene of alone ? [] : scenes) {
    for (const { name, run } of peers ? [...PEERS, CURL] : [CURL]) {
      rows.push(await measured(name, scene, run));
    }
  }
  const columns = [
    ...['client', 'org', 'bound', 'makespan', 'over', 'of bound', '429 window', '429 at once'],
    ...['rows lost', 'reset twice', 'process'],
  ];
  printTable(`Pacing: ${ROWS} rows, ${LIMIT} calls per ${WINDOW_MS / 1000} s`, columns, rows);
}
