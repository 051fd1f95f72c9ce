// The program as a single executable of this platform, made from the Node that runs this script: bundle/okta-reset (.exe on Windows).
//   node scripts/executable.mjs [FOLDER]
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { inject } from 'postject';
import { bundleProgram, ROOT } from './bundle/one-file.mjs';

/** The mark in a Node that can take a program into itself (Node's documents, single executable applications). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const folder = resolve(process.argv[2] ?? join(ROOT, 'bundle'));

/** Ends with a sentence that says why there is no executable, and what to do. */
function refuse(why) {
  process.stderr.write(
    `No executable was made: ${why}\nUse Node 20, 22 or 24 from nodejs.org, or the one file that needs Node: npm run bundle\n`,
  );
  process.exit(2);
}

function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) refuse(`${program} ${args[0]} failed: ${error?.message ?? stderr + stdout}`);
}

/** The license of Node itself, which is inside as well. */
function nodeLicence() {
  const near = ['../LICENSE', '../share/doc/nodejs/LICENSE', '../share/doc/nodejs/copyright'];
  const found = near.map((path) => join(dirname(process.execPath), path)).find(existsSync);
  const told = `Node.js ${process.version} (MIT, and the licences of its parts)`;
  if (found === undefined)
    return `${told}\n\nIts licences: LICENSE in the source of Node.js ${process.version}.`;
  return `${told}\n\n${readFileSync(found, 'utf8').trim()}`;
}

if (!readFileSync(process.execPath).includes(FUSE))
  refuse(
    `the Node that runs this (${process.execPath}, ${process.version}) cannot take a program into itself.`,
  );

const { text, notices, version } = await bundleProgram('script');
const scratch = mkdtempSync(join(tmpdir(), 'okta-reset-executable-'));
try {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, process.platform === 'win32' ? 'okta-reset.exe' : 'okta-reset');
  const [main, output, config] = ['main.cjs', 'program.blob', 'sea.json'].map((name) =>
    join(scratch, name),
  );
  writeFileSync(main, text);
  writeFileSync(config, JSON.stringify({ main, output, disableExperimentalSEAWarning: true }));
  run(process.execPath, ['--experimental-sea-config', config]);
  rmSync(path, { force: true });
  copyFileSync(process.execPath, path);
  chmodSync(path, 0o755);
  // macOS does not start a program whose signature does not match its content.
  if (process.platform === 'darwin') run('codesign', ['--remove-signature', path]);
  const segment = process.platform === 'darwin' ? { machoSegmentName: 'NODE_SEA' } : {};
  await inject(path, 'NODE_SEA_BLOB', readFileSync(output), { sentinelFuse: FUSE, ...segment });
  if (process.platform === 'darwin') run('codesign', ['--sign', '-', path]);
  writeFileSync(join(folder, 'NOTICE'), `${notices}\n${'-'.repeat(80)}\n\n${nodeLicence()}\n`);
  const mib = Math.round(statSync(path).size / 1024 / 1024);
  process.stdout.write(
    `${path}: okta-reset ${version} for ${process.platform} ${process.arch} with Node ${process.version}, ${mib} MiB (licences: NOTICE)\nRun it: ${path} demo\n`,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
