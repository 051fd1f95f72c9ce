import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin/okta-reset.js', import.meta.url));
const USAGE = new URL('usage.mjs', import.meta.url).href;

/** Where consents are stored meanwhile, because nothing must be written into the home of the person who measures. */
const STATE = mkdtempSync(join(tmpdir(), 'okta-reset-bench-state-'));
process.once('exit', () => rmSync(STATE, { recursive: true, force: true }));

let measured = 0;

/**
 * Runs a command to its end. With `usage`, a Node process also says its CPU time and its peak memory.
 * Rejects with what it wrote to stderr if it fails with an exit code that `allowed` does not name.
 */
export async function measure(command, args, { env = {}, cwd, usage = true, allowed = [0] } = {}) {
  measured += 1;
  const place = join(tmpdir(), `okta-reset-usage-${process.pid}-${measured}.json`);
  const loaded = usage ? ['--import', USAGE] : [];
  const startedAtMs = Date.now();
  const started = performance.now();
  const child = spawn(command, [...loaded, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', BENCH_USAGE: place, XDG_STATE_HOME: STATE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout = (stdout + text).slice(-100_000)));
  child.stderr.on('data', (text) => (stderr = (stderr + text).slice(-10_000)));
  const [code] = await once(child, 'close');
  const wallMs = performance.now() - started;
  if (!allowed.includes(code)) throw new Error(`${command} ${args[0]}: exit ${code}\n${stderr}`);
  const used = usage ? JSON.parse(await readFile(place, 'utf8')) : {};
  return { wallMs, startedAtMs, stdout, ...used };
}

/** Runs okta-reset against an org, whole process, as a user would. */
export function product(org, args, options = {}) {
  return measure(process.execPath, [BIN, ...args], {
    ...options,
    env: { OKTA_CLIENT_ORGURL: org.url, OKTA_CLIENT_TOKEN: org.token, ...options.env },
  });
}

/** Runs another client, ours or a peer's, over the same rows. Its last line on stdout is what it measured. */
export async function peer(name, org, options) {
  const script = fileURLToPath(new URL(`peers/${name}.mjs`, import.meta.url));
  const job = JSON.stringify({ url: org.url, token: org.token, csv: org.csv, ...options });
  const run = await measure(process.execPath, [script, job]);
  return { ...run, ...JSON.parse(run.stdout.trim().split('\n').at(-1)) };
}
