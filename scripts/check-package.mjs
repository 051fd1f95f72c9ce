// Packs what ships, installs it as a user would, and compares it with what was tested. Then, where the registry answers, the
// signatures of the libraries, and a bill of materials (CycloneDX) beside the package.
//   node scripts/check-package.mjs [FOLDER]     FOLDER keeps the package and the bill; without it nothing is kept
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** How long the registry may take for the signatures of some fifty packages. Milliseconds. */
const REGISTRY_MS = 60_000;
/** What has no use for who installs the package. */
const USELESS = /\.map$|\.tsbuildinfo$|(^|\/)(src|test|bench|scripts|coverage|reports)\//;

const scratch = mkdtempSync(join(tmpdir(), 'okta-reset-package-'));
const folder = process.argv[2] === undefined ? scratch : resolve(process.argv[2]);
const problems = [];

function npm(args, { cwd = ROOT, timeoutMs } = {}) {
  return spawnSync('npm', args, {
    cwd,
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
}

const say = (text) => process.stdout.write(`${text}\n`);
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Packs; returns the path of the package. */
function pack() {
  const packed = npm(['pack', '--json', '--pack-destination', folder]);
  if (packed.status !== 0) throw new Error(`npm pack failed:\n${packed.stderr}`);
  const [{ filename, files, size }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n')));
  const paths = files.map(({ path }) => path);
  const own = paths.filter((path) => !path.startsWith('node_modules/'));
  for (const path of own) if (USELESS.test(path)) problems.push(`${path} ships and is of no use.`);
  for (const path of ['bin/okta-reset.js', 'dist/main.js', 'LICENSE'])
    if (!paths.includes(path)) problems.push(`${path} does not ship.`);
  say(
    `package: ${filename}, ${own.length} files of its own and ${paths.length - own.length} of its libraries, ${Math.round(size / 1024)} KiB`,
  );
  return join(folder, filename);
}

/** All files below a folder, by path and content. */
function* filesIn(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    yield { path: relative(folder, path), bytes: readFileSync(path) };
  }
}

/** Installs the package into an empty folder, without the network, and compares what it brought with what was tested. */
function install(file) {
  const home = join(scratch, 'installed');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--offline'];
  const done = npm(['install', ...quiet, file], { cwd: home });
  if (done.status !== 0) throw new Error(`npm install of the package failed:\n${done.stderr}`);
  const brought = readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.'));
  if (brought.join() !== 'okta-reset')
    problems.push(`It installs beside itself: ${brought.join()}.`);
  const own = join(home, 'node_modules/okta-reset');
  const { packages } = readJson(join(ROOT, 'package-lock.json'));
  let count = 0;
  for (const [path, { version, dev, devOptional }] of Object.entries(packages)) {
    if (path === '' || dev === true || devOptional === true) continue;
    const found = join(own, path, 'package.json');
    const installed = existsSync(found) ? readJson(found).version : 'none';
    if (installed !== version)
      problems.push(`${path} ${version} was tested; installed is ${installed}.`);
    count += 1;
  }
  let files = 0;
  for (const { path, bytes } of filesIn(join(own, 'node_modules'))) {
    if (path.startsWith('.')) continue;
    const tested = join(ROOT, 'node_modules', path);
    if (!existsSync(tested) || !readFileSync(tested).equals(bytes))
      problems.push(`node_modules/${path} is not the file that was tested.`);
    files += 1;
  }
  say(
    `installed without the network: ${count} packages, ${files} files, compared with the tested ones`,
  );
  const started = spawnSync(process.execPath, [join(own, 'bin/okta-reset.js'), '--version']);
  if (started.status !== 0) problems.push('The installed command does not start.');
}

/** The registry's signatures of what is bundled, which `npm ci` has put into node_modules. */
function checkSignatures() {
  const audit = npm(['audit', 'signatures', '--omit', 'dev'], { timeoutMs: REGISTRY_MS });
  const text = `${audit.stdout}${audit.stderr}`;
  if (audit.status === 0) say(`signatures: ${audit.stdout.trim().split('\n').join('; ')}`);
  else if (/invalid|tampered|missing registry signature/i.test(text))
    problems.push(`Signatures are not as they should be:\n${text}`);
  else say('signatures: not checked, the registry did not answer. Run it again where it does.');
}

function writeBill(file) {
  const bill = npm([
    'sbom',
    '--sbom-format',
    'cyclonedx',
    '--sbom-type',
    'application',
    '--omit',
    'dev',
  ]);
  if (bill.status !== 0) {
    problems.push(`npm sbom failed:\n${bill.stderr}`);
    return;
  }
  const path = file.replace(/\.tgz$/, '.cdx.json');
  writeFileSync(path, bill.stdout);
  const { components, specVersion } = JSON.parse(bill.stdout);
  say(`bill of materials: CycloneDX ${specVersion}, ${components.length} components`);
}

try {
  mkdirSync(folder, { recursive: true });
  const file = pack();
  install(file);
  checkSignatures();
  writeBill(file);
  for (const problem of problems) say(`! ${problem}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
