import { readFileSync } from 'node:fs';

/** Reads a file that the package, or one of its dependencies, brings along. Throws the system's error. */
export function readPackageFile(path: string | URL): string {
  return readFileSync(path, 'utf8');
}
