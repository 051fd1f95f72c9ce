// Before the tests: those that start the command in a separate process start what is built here, and the report's page carries
// what was bundled for browsers; none of it must be older than the sources.
import { execSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The command as one file, which starts in half the time of its modules; and the same by a fast clock. */
const COMMANDS = `${root}node_modules/.cache/command/`;

function newestMs(folder) {
  return Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(`${entry.parentPath}/${entry.name}`).mtimeMs),
  );
}

const changedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

async function bundleCommands() {
  const { bundleProgram } = await import('./bundle/one-file.mjs');
  const resolveDir = `${root}test/integration`;
  const contents = readFileSync(`${resolveDir}/fast-main.mjs`, 'utf8');
  const [fast, command] = await Promise.all([
    bundleProgram('module', { contents, resolveDir }),
    bundleProgram('module'),
  ]);
  mkdirSync(COMMANDS, { recursive: true });
  writeFileSync(`${COMMANDS}fast-main.mjs`, fast.text);
  writeFileSync(`${COMMANDS}okta-reset.mjs`, command.text);
}

export default async function freshBuild() {
  const sourcesMs = newestMs(`${root}src`);
  if (changedMs(`${root}dist/main.js`) <= sourcesMs)
    execSync('npm run -s build', { cwd: root, stdio: 'inherit' });
  const madeOf = ['dist/main.js', 'package-lock.json', 'test/integration/fast-main.mjs'];
  const bundledFromMs = Math.max(
    sourcesMs,
    newestMs(`${root}scripts/bundle`),
    ...madeOf.map((path) => changedMs(root + path)),
  );
  if (changedMs(`${COMMANDS}okta-reset.mjs`) <= bundledFromMs) await bundleCommands();
}
