// Before the tests: those that start the command as a process of its own start the build, and the report's page carries what was
// bundled for browsers; neither must be older than the sources.
import { execSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function newestMs(folder) {
  return Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(`${entry.parentPath}/${entry.name}`).mtimeMs),
  );
}

function builtMs() {
  return statSync(`${root}dist/main.js`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

export default function freshBuild() {
  if (builtMs() > newestMs(`${root}src`)) return;
  execSync('npm run -s build', { cwd: root, stdio: 'inherit' });
}
