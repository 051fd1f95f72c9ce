// Packs what ships, installs it as a user would, and compares it with what was tested. Then, where the registry answers, the
// signatures of the libraries, and a bill of materials (CycloneDX) next to the package.
//   node scripts/check-package.mjs [FOLDER]     FOLDER keeps the package and the bill; without it nothing is kept
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** How long the registry can take for the signatures of some fifty packages. Milliseconds. */
const REGISTRY_MS = 60_000;
/** Everything that ships, apart from the libraries. A file of another kind is a mistake. */
const INTENDED = [
  /^package\.json$/,
  /^(?:README|SECURITY|CHANGELOG)\.md$|^LICENSE$/,
  /^bin\/okta-reset\.js$/,
  /^dist\/[\w./-]+\.js$|^dist\/browser\/[\w.-]+\.(?:css|html|svg)$/,
  /^docs\/[\w-]+\.md$|^docs\/images\/[\w-]+\.(?:png|svg)$/,
  /^deploy\/[\w./@-]+$/,
  /^fixtures\/[\w.-]+$/,
  /^schemas\/[\w-]+\.schema\.json$/,
];
const NEEDED = [
  'bin/okta-reset.js',
  'dist/main.js',
  'LICENSE',
  'README.md',
  'schemas/run.schema.json',
];

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

/** Makes the package. Returns its path. */
function pack() {
  const packed = npm(['pack', '--json', '--pack-destination', folder]);
  if (packed.status !== 0) throw new Error(`npm pack failed:\n${packed.stderr}`);
  const [{ filename, files, size }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n')));
  const paths = files.map(({ path }) => path);
  const own = paths.filter((path) => !path.startsWith('node_modules/'));
  for (const path of own)
    if (!INTENDED.some((kind) => kind.test(path))) problems.push(`${path} ships, and should not.`);
  for (const path of NEEDED) if (!paths.includes(path)) problems.push(`${path} does not ship.`);
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

/** Installs the package into an empty folder, without the network, and compares the result with what was tested. */
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
  return join(own, 'bin/okta-reset.js');
}

/** Does the whole job from an empty folder with the installed command, on its own sandbox. */
async function rehearse(command) {
  const cwd = join(scratch, 'empty');
  mkdirSync(cwd);
  const options = {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: join(scratch, 'state') },
  };
  const org = spawn(process.execPath, [command, 'sandbox', '--users', '12', '--json'], options);
  const events = createInterface({ input: org.stdout })[Symbol.asyncIterator]();
  try {
    const { url, token } = JSON.parse((await events.next()).value);
    Object.assign(options.env, { OKTA_CLIENT_ORGURL: url, OKTA_CLIENT_TOKEN: token });
    const type = (...args) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], options);
      if (status !== 0) throw new Error(`okta-reset ${args.join(' ')}: exit ${status}\n${stderr}`);
      return stdout;
    };
    const { version } = readJson(join(ROOT, 'package.json'));
    if (!type('--version').includes(version)) problems.push(`The installed one is not ${version}.`);
    type('plan', '--all', '--out', 'night');
    type('run', '--plan', 'night', '--yes', '--max-users', '12');
    const text = type('report', 'night', '--seal') + type('report', 'night', '--verify');
    if (!text.includes('succeeded'))
      problems.push('The report of the installed one tells nothing.');
    org.kill('SIGINT');
    const { effects } = JSON.parse((await events.next()).value).stats;
    if (effects.resets.total === 0 || effects.resets.most !== 1)
      problems.push(`The sandbox counted ${JSON.stringify(effects.resets)}.`);
    say(
      `installed, ${version}: plan, run, report and seal of ${effects.resets.total} users on the sandbox`,
    );
  } finally {
    org.kill('SIGKILL');
    if (org.exitCode === null && org.signalCode === null) await once(org, 'exit');
  }
}

/** Checks the registry's signatures of what is bundled, which `npm ci` has put into node_modules. */
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
  await rehearse(install(file));
  checkSignatures();
  writeBill(file);
  for (const problem of problems) say(`! ${problem}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
