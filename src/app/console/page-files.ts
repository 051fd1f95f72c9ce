import { readPackageFile } from '../../disk/package-file.ts';

/** The files that the build makes of the console's page, and what a browser is told that they are. */
const FILES = [
  ['console.js', 'text/javascript; charset=utf-8'],
  ['console.css', 'text/css; charset=utf-8'],
] as const;

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly bytes: string;
}

/** Reads the page as it was built, by name; what was not built is not there. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  return new Map(
    FILES.flatMap(([name, type]) => {
      try {
        return [[name, { type, bytes: readPackageFile(`dist/browser/${name}`) }] as const];
      } catch {
        return [];
      }
    }),
  );
}
