// The program as one file that Node runs with nothing installed: bundle/okta-reset.mjs, and next to it the licenses of what is inside.
//   node scripts/bundle.mjs [FOLDER]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleProgram, ROOT } from './bundle/one-file.mjs';

const folder = resolve(process.argv[2] ?? join(ROOT, 'bundle'));
const { text, notices, version } = await bundleProgram('module');
mkdirSync(folder, { recursive: true });
const path = join(folder, 'okta-reset.mjs');
writeFileSync(path, text, { mode: 0o755 });
writeFileSync(join(folder, 'NOTICE'), notices);
const packages = notices.split(`\n${'-'.repeat(80)}\n`).length - 1;
const kib = Math.round(Buffer.byteLength(text) / 1024);
process.stdout.write(
  `${path}: okta-reset ${version}, ${kib} KiB, ${packages} libraries (NOTICE)\nRun it: node ${path} demo\n`,
);
