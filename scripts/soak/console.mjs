// A run begun, or continued, in the console: okta-reset in a separate process, which a page talks to, and which is killed in
// the middle.
import { setTimeout as sleep } from 'node:timers/promises';
import { KEY_HEADER } from '../../dist/console/api/bounds.js';
import { start } from './process.mjs';

/** A console that has not got this far by then hangs. */
const HANGS_AFTER_MS = 300_000;
const LOOKS_EVERY_MS = 50;

/** Opens the link like a browser. Returns what the page sends with every request. */
async function openPage(link) {
  const answer = await fetch(link, { redirect: 'manual' });
  const cookie = String(answer.headers.get('set-cookie')).split(';', 1)[0];
  const key = String(answer.headers.get('location')).slice('/#'.length);
  const { origin } = new URL(link);
  const headers = { cookie, [KEY_HEADER]: key, 'content-type': 'application/json' };
  return async (path, body) => {
    const method = body === undefined ? 'GET' : 'POST';
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${origin}/api/${path}`, { method, headers, ...sent });
    const json = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${json.code}`);
    return json;
  };
}

/** Asks until the answer is the expected one, and returns it. */
async function until(ask, isWanted, signal) {
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    await sleep(LOOKS_EVERY_MS, undefined, { signal });
  }
}

/** Executes a run, or continues it, to its end in this console. Returns undefined if the org would not let it connect. */
async function goTheWay(page, id, { flags, onBegun, signal }) {
  await page('connect', { kind: 'environment' });
  const { connection } = await until(
    () => page('state'),
    (state) => !['none', 'checking'].includes(state.connection.state),
    signal,
  );
  if (connection.state !== 'connected') return undefined;
  const { shown } = await page(`runs/${id}`);
  const { confirm } = await page(`runs/${id}/consent`);
  await page(`runs/${id}/execute`, { shown, confirm, flags });
  onBegun();
  for (;;) {
    const { live } = await until(
      () => page('state'),
      (state) =>
        state.live.some(
          ({ run, phase }) => run === id && ['asking', 'ended', 'refused'].includes(phase),
        ),
      signal,
    );
    const run = live.find((each) => each.run === id);
    if (run.phase !== 'asking') return run;
    const { id: question, confirm: typed } = run.question;
    await page(`runs/${id}/answer`, { question, goOn: true, confirm: typed });
  }
}

/**
 * Executes the run `reports/ID` in a separate console, or continues it. With a delay, kills that many milliseconds after the
 * run has begun. Returns the run's exit code; 7 if it could not begin.
 */
export async function inConsole(id, { around, flags, killAfterMs }) {
  const { child, ended } = start(['console', '--no-open', '--json'], around);
  const over = new AbortController();
  let begun = false;
  let killer;
  let hung = false;
  const hangs = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, HANGS_AFTER_MS);
  const onBegun = () => {
    begun = true;
    if (killAfterMs !== undefined) killer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  };
  const link = new Promise((resolve) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const found = /"link":"([^"]+)"/.exec(said);
      if (found !== null) resolve(found[1]);
    });
  });
  const walk = (async () => {
    const page = await openPage(await link);
    const run = await goTheWay(page, id, { flags, onBegun, signal: over.signal });
    child.kill('SIGINT');
    if (run?.phase === 'refused') return { code: 7, refused: run.error };
    return { code: run?.end?.exitCode ?? 7 };
  })().catch((error) => ({ code: 7, error }));
  const { killed, stderr } = await ended;
  over.abort();
  clearTimeout(hangs);
  clearTimeout(killer);
  if (killed) return { code: null, killed: true, hung, begun, stderr };
  // The link never came if the process ended by itself.
  const way = await Promise.race([walk, sleep(1000, { code: 7, error: new Error(stderr) })]);
  return { ...way, killed: false, hung, begun, stderr };
}
