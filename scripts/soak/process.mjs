// okta-reset in a separate process, with a clock that runs faster than real time, killed or hit by a failing disk.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAULTS } from '../failing-disk/failing-disk.mjs';
import { host } from '../../dist/host.js';

const MAIN = fileURLToPath(new URL('../../test/integration/fast-main.mjs', import.meta.url));
/** Calls in doubt are watched for minutes, so org and okta-reset use a clock that runs faster than real time. */
const SPEED = 20;
const ORIGIN_MS = Date.now();
export const clock = {
  nowMs: () => ORIGIN_MS + (host.clock.nowMs() - ORIGIN_MS) * SPEED,
  monotonicMs: () => host.clock.monotonicMs() * SPEED,
  sleep: (ms, signal) => host.clock.sleep(ms / SPEED, signal),
};

/** A process that has not ended by then hangs. */
const HANGS_AFTER_MS = 300_000;

/** Files that a run writes to all the time. The others are written once, at its end. */
const GROWING = ['journal.jsonl', 'secrets.jsonl', 'run.log'];

/** A disk that fails in the middle of a run: which file, at which call, and how. */
export function diskFault(random) {
  const fault = FAULTS[Math.floor(random() * FAULTS.length)];
  const isLate = GROWING.includes(fault.file) && fault.call !== 'open';
  return { ...fault, from: isLate ? 1 + Math.floor(random() * 20) : 1 };
}

/** Starts the command. `ended` resolves with its exit code and what it printed. */
export function start(argv, { dir, env }) {
  const child = spawn(process.execPath, [MAIN, String(ORIGIN_MS), String(SPEED), ...argv], {
    cwd: dir,
    env: { PATH: process.env.PATH, HOME: dir, XDG_STATE_HOME: join(dir, 'state'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code, killed: signal === 'SIGKILL', stdout, stderr }),
    );
  });
  return { child, ended };
}

/** Runs the command; with a delay, kills it after that many milliseconds. */
export async function command(argv, { killAfterMs, ...around }) {
  const { child, ended } = start(argv, around);
  const kill = () => child.kill('SIGKILL');
  const timer = killAfterMs === undefined ? undefined : setTimeout(kill, killAfterMs);
  let hung = false;
  const hangs = setTimeout(() => {
    hung = true;
    kill();
  }, HANGS_AFTER_MS);
  const { code, killed, stdout, stderr } = await ended;
  clearTimeout(timer);
  clearTimeout(hangs);
  return { code, killed, hung, stdout, stderr };
}

/** Runs a command that must succeed. If the org made no sense for a moment, runs it again. */
export async function expectOk(argv, around) {
  for (let tries = 1; ; tries += 1) {
    const ended = await command(argv, around);
    if (ended.code === 0) return ended;
    if (ended.code !== 7 || tries === 20)
      throw new Error(`okta-reset ${argv.join(' ')} ended with ${ended.code}: ${ended.stderr}`);
  }
}
