// Loads the program from one script, with what Node has compiled of it before.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const PROGRAM = fileURLToPath(new URL('program.js', import.meta.url));
export const COMPILED = fileURLToPath(new URL('program.compiled', import.meta.url));

function compiled() {
  try {
    return readFileSync(COMPILED);
  } catch {
    return undefined;
  }
}

/** Returns what the program exports. `keep` gets its script, of which more is compiled as it runs. */
export function load(keep = () => undefined) {
  // One byte per character, as it was written.
  const text = readFileSync(PROGRAM, 'latin1');
  const script = new Script(text, { filename: PROGRAM, cachedData: compiled() });
  keep(script);
  const module = { exports: {} };
  script.runInThisContext()(createRequire(import.meta.url), module);
  return module.exports;
}
