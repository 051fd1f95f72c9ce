// The fuzzer of damaged files, folders and answers, in parallel to the soak.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `npm run fuzz` over this many cases; none for 0. Resolves with its last line, and reports what went wrong. */
export function startFuzz(cases, seed, tell) {
  if (cases === 0) return Promise.resolve('skipped');
  return new Promise((resolve) => {
    const argv = ['run', '-s', 'fuzz', '--', '--cases', String(cases), '--seed', String(seed)];
    const child = spawn('npm', argv, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const hear = (chunk) => (said = `${said}${chunk}`.slice(-10_000));
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', (error) => tell(`fuzz: ${error.message}`));
    child.on('close', (code) => {
      if (code !== 0) tell(`fuzz: exit ${code}: ${said.slice(-1000)}`);
      resolve(said.trim().split('\n').at(-1) ?? '');
    });
  });
}
