// The command for tests that start it in a separate process: the program as one script, and what Node has compiled of it,
// because to compile it takes most of a start.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const COMMANDS = `${ROOT}node_modules/.cache/command/`;

const PROGRAM = {
  contents: `
export { endProcess, host } from './src/host.ts';
export { main } from './src/main.ts';
export { startSandbox } from './src/sandbox/sandbox.ts';
`,
  resolveDir: ROOT,
  loader: 'ts',
};

/** A start of the source tree, with the program from a folder of scripts instead of the build. */
const startOf = (path, folder) =>
  `import { load } from './${folder}/load-program.mjs';
const { endProcess, host, main } = load();
${readFileSync(ROOT + path, 'utf8').replaceAll(/^(?:#!|import .*\/dist\/).*\n/gm, '')}`;

/** Writes the starts of the command. What is compiled of it comes a second later; starts before that compile it themselves. */
export async function bundleCommands() {
  const { bundleProgram } = await import('../bundle/one-file.mjs');
  const { text } = await bundleProgram('script', PROGRAM);
  // Node knows what it has compiled by the length of the script only, so each program has a separate folder.
  const folder = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const dir = `${COMMANDS}${folder}/`;
  rmSync(COMMANDS, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  for (const name of ['load-program.mjs', 'compile-ahead.mjs'])
    copyFileSync(new URL(name, import.meta.url), dir + name);
  writeFileSync(`${dir}program.js`, `(function (require, module) {${text}\n})`);
  writeFileSync(`${COMMANDS}fast-main.mjs`, startOf('test/integration/fast-main.mjs', folder));
  writeFileSync(`${COMMANDS}okta-reset.mjs`, startOf('bin/okta-reset.js', folder));
  spawn(process.execPath, [`${dir}compile-ahead.mjs`], { stdio: 'ignore' }).unref();
}
