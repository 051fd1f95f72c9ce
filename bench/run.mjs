// npm run bench -- [--full] [--alone] [--only pacing,throughput,memory,preview,inputs,console] [--rows 1000,5000] [--install]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { printMachine } from './table.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    // Without the other clients, which take most of the time.
    alone: { type: 'boolean', default: false },
    only: { type: 'string', default: 'pacing,throughput,memory,preview,inputs,console' },
    // Other sizes than the usual ones, for memory, preview and console.
    rows: { type: 'string' },
    install: { type: 'boolean', default: false },
  },
});

if (!existsSync(new URL('../dist/main.js', import.meta.url))) {
  console.error('There is no build to measure: npm run build');
  process.exit(2);
}
if (values.install) {
  spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit', shell: true });
}
const sizes = values.rows?.split(',').map(Number);
if (sizes?.some((rows) => !Number.isInteger(rows) || rows < 1)) {
  console.error(`--rows ${values.rows}: give whole numbers, as in --rows 1000,5000`);
  process.exit(2);
}
const peers = !values.alone && existsSync(new URL('node_modules/newman', import.meta.url));
if (!peers && !values.alone) {
  console.error(
    'newman and okta-sdk are left out; npm run bench -- --install installs them in bench/.',
  );
}

const benches = {
  pacing: async () => (await import('./pacing.mjs')).benchPacing,
  throughput: async () => (await import('./throughput.mjs')).benchThroughput,
  memory: async () => (await import('./memory.mjs')).benchMemory,
  preview: async () => (await import('./preview.mjs')).benchPreview,
  inputs: async () => (await import('./inputs.mjs')).benchInputs,
  console: async () => (await import('./console.mjs')).benchConsole,
};
printMachine();
for (const name of values.only.split(',')) {
  const load = benches[name];
  if (load === undefined) {
    console.error(`There is no bench “${name}”; there are ${Object.keys(benches).join(', ')}.`);
    process.exit(2);
  }
  const bench = await load();
  await bench({ full: values.full, alone: values.alone, peers, sizes });
}
