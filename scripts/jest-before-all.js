// What happens once, before the first test.
import freshBuild from './jest-fresh-build.js';
import useMemoryFolder from './jest-memory-folder.js';

export default async function beforeAll() {
  useMemoryFolder();
  await freshBuild();
}
