// A sample that is the same for the same seed and sources.
import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chance } from '../chance.mjs';
import { switchedSource } from './mutants.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What a browser runs, because its tests use the bundle. */
const LEFT_OUT = /^src\/(console\/page|report\/browser)\//;

function sourcesBelow(folder) {
  return readdirSync(ROOT + folder, { recursive: true })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((file) => /(?<!\.d)\.tsx?$/.test(file) && !LEFT_OUT.test(file))
    .sort();
}

/** For each source, those that import it: what is made when a source is loaded shows through them. */
function readers() {
  const readBy = new Map();
  for (const file of sourcesBelow('src')) {
    const source = readFileSync(ROOT + file, 'utf8');
    for (const [, path] of source.matchAll(/from '(\.[^']+)'/g)) {
      const imported = posix.join(posix.dirname(file), path);
      readBy.set(imported, [...(readBy.get(imported) ?? []), file]);
    }
  }
  return readBy;
}

/** All changes of a room. */
export function mutantsOf(room) {
  const readBy = readers();
  return sourcesBelow(`src/${room}`).flatMap((file) =>
    switchedSource(file, readFileSync(ROOT + file, 'utf8')).mutants.map((mutant) => ({
      ...mutant,
      readBy: readBy.get(file) ?? [],
    })),
  );
}

/** `size` of them, in the order of the sources. */
export function sampleOf(mutants, size, seed) {
  const random = chance(seed);
  return mutants
    .map((mutant, position) => ({ mutant, position, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, size)
    .sort((a, b) => a.position - b.position)
    .map(({ mutant }) => mutant);
}
