// Reads one file of users as --file does, in a separate process. Prints how many rows it has, or why it is refused.
import { createReadStream } from 'node:fs';
import { RECOGNISE_ALL } from '../dist/selection/selection.js';
import { selectRows } from '../dist/selection/select-rows.js';

const sources = [{ kind: 'file', path: process.argv[2], options: RECOGNISE_ALL }];
const ports = { openFile: (path) => createReadStream(path), onNotice: () => undefined };
let rows = 0;
let refused;
try {
  for await (const row of selectRows({ sources }, ports, new AbortController().signal)) {
    if (row.line > 0) rows += 1;
  }
} catch (error) {
  if (error.code?.startsWith('INPUT_') !== true) throw error;
  refused = error.code;
}
process.stdout.write(JSON.stringify({ rows, refused }));
