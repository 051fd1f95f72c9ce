import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What a peer is to do, from its command line. */
export const asked = JSON.parse(process.argv[2] ?? '{}');

/** The user ids of the CSV's first column, at most `limit`. */
export async function readIds({ csv, limit = Infinity }) {
  const ids = [];
  let titles = true;
  for await (const line of createInterface({ input: createReadStream(csv) })) {
    if (ids.length >= limit) break;
    if (!titles) ids.push(line.slice(1, line.indexOf('"', 1)));
    titles = false;
  }
  return ids;
}

/** Lets `workers` work through the ids, and prints how long that took and the answers. */
export async function workThrough(ids, workers, reset) {
  const statuses = {};
  let next = 0;
  const started = performance.now();
  const work = async () => {
    while (next < ids.length) {
      const id = ids[next];
      next += 1;
      const status = await reset(id);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  console.log(JSON.stringify({ loopMs: performance.now() - started, statuses }));
}
