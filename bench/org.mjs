import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const PROCESS = new URL('org-process.mjs', import.meta.url);

/** Passes a CSV on without its first row, which is the token's owner, whom okta-reset never acts on. */
async function* withoutOwner(chunks) {
  let head = '';
  let passed = false;
  for await (const chunk of chunks) {
    if (passed) {
      yield chunk;
      continue;
    }
    head += Buffer.from(chunk).toString('utf8');
    const titles = head.indexOf('\n') + 1;
    const owner = head.indexOf('\n', titles) + 1;
    if (titles === 0 || owner === 0) continue;
    passed = true;
    yield head.slice(0, titles) + head.slice(owner);
  }
}

/**
 * Starts a fresh org with `rows` users that may be acted on, writes their CSV, lets `use` work with it, and ends it.
 * @param {{ rows: number } & Record<string, unknown>} options of the sandbox, and how many rows
 */
export async function withOrg({ rows, ...options }, use) {
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-bench-'));
  const child = fork(PROCESS, [JSON.stringify({ limits: 'off', ...options, users: rows + 1 })]);
  try {
    const [{ url, token }] = await once(child, 'message');
    const csv = join(dir, 'users.csv');
    const listing = await fetch(`${url}/sandbox/users.csv`);
    await pipeline(withoutOwner(Readable.fromWeb(listing.body)), createWriteStream(csv));
    const tell = async () => {
      const told = once(child, 'message');
      child.send('tell');
      const [facts] = await told;
      return facts;
    };
    return await use({ url, token, csv, dir, rows, tell });
  } finally {
    child.disconnect();
    await once(child, 'exit');
    await rm(dir, { recursive: true, force: true });
  }
}

/**
 * The results of the writes: the time from the first to arrive to the last to be answered, refusals, and users never reset.
 */
export async function outcomeOf(org) {
  const { writes, stats, cpuMs, gridMs, bucketFirstAtMs } = await org.tell();
  return {
    makespanMs: (writes.lastAnsweredAtMs ?? 0) - (writes.firstAtMs ?? 0),
    firstAtMs: writes.firstAtMs,
    lastAnsweredAtMs: writes.lastAnsweredAtMs,
    gridMs,
    bucketFirstAtMs,
    refusedByWindow: stats.throttled.window,
    refusedByConcurrency: stats.throttled.concurrency,
    lost: org.rows - stats.effects.resets.users,
    twice: stats.effects.resets.total - stats.effects.resets.users,
    cpuMs,
  };
}
