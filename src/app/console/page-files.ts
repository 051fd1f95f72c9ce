import { readPackageFile } from '../../disk/package-file.ts';

/** The files that the build makes for the console's page, and their content types. */
const FILES = [
  ['console.js', 'text/javascript; charset=utf-8'],
  ['console.css', 'text/css; charset=utf-8'],
] as const;

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly bytes: string;
}

/** Reads the built page by file name. A file that was not built is missing. */
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
