// Before the tests: those that start the command in a separate process start what is built here, and the report's page carries
// what was bundled for browsers; none of it must be older than the sources.
import { execSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleCommands, COMMANDS } from './command/bundle-commands.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

function newestMs(folder) {
  return Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(`${entry.parentPath}/${entry.name}`).mtimeMs),
  );
}

const changedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

export default async function freshBuild() {
  const sourcesMs = newestMs(`${root}src`);
  if (changedMs(`${root}dist/main.js`) <= sourcesMs)
    execSync('npm run -s build', { cwd: root, stdio: 'inherit' });
  const madeOf = ['dist/main.js', 'package-lock.json', 'test/integration/fast-main.mjs'];
  const bundledFromMs = Math.max(
    sourcesMs,
    newestMs(`${root}scripts/bundle`),
    newestMs(`${root}scripts/command`),
    ...madeOf.map((path) => changedMs(root + path)),
  );
  if (changedMs(`${COMMANDS}okta-reset.mjs`) <= bundledFromMs) await bundleCommands();
}
