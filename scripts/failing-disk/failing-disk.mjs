// Disks that fail from outside the process: a library that is loaded before libc, and a small disk that fills up.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SHIM = fileURLToPath(new URL('shim.c', import.meta.url));
const POINTS = {
  lock: ['open', 'write', 'sync', 'link'],
  'journal.jsonl': ['open', 'write', 'sync'],
  'secrets.jsonl': ['open', 'write', 'sync'],
  'run.log': ['open', 'write'],
  'results.csv': ['open', 'write', 'sync', 'rename'],
  'results.json': ['open', 'write', 'sync', 'rename'],
  'failed.csv': ['open', 'write', 'sync', 'rename'],
  'not-attempted.csv': ['open', 'write', 'sync', 'rename'],
  'summary.json': ['open', 'write', 'sync', 'rename'],
  'report.html': ['open', 'write', 'sync', 'rename'],
};

/** Every call on every file of a run in progress, with each code. */
export const FAULTS = Object.entries(POINTS).flatMap(([file, calls]) =>
  calls.flatMap((call) =>
    ['ENOSPC', 'EIO', 'EROFS'].map((code) => ({ file, call, code, from: 1 })),
  ),
);

/** Builds the library; undefined if the machine has no C compiler or no such loader. */
export function buildShim() {
  if (process.platform !== 'linux') return undefined;
  const dir = mkdtempSync(join(tmpdir(), 'okta-reset-shim-'));
  const library = join(dir, 'shim.so');
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, SHIM, '-ldl']);
  if (built.status === 0) return library;
  rmSync(dir, { recursive: true, force: true });
  return undefined;
}

/** The environment in which calls of one process fail; `log` is a file that counts them. */
export function failing(library, fault, log) {
  return {
    LD_PRELOAD: library,
    FAIL_FILE: fault.file,
    FAIL_CALL: fault.call,
    FAIL_ERRNO: String(constants.errno[fault.code] ?? FALLBACK[fault.code]),
    FAIL_FROM: String(fault.from),
    FAIL_LOG: log,
  };
}

// Linux. node:os does not name all of them on every system.
const FALLBACK = { ENOSPC: 28, EIO: 5, EROFS: 30 };

/** How many calls have failed so far. */
export function failures(log) {
  return statSync(log, { throwIfNoEntry: false })?.size ?? 0;
}

const mount = (argv) => spawnSync('mount', argv).status === 0;

/** Mounts a disk of this many KiB at `dir`; undefined if this account or machine cannot. */
export function mountSmallDisk(dir, kib) {
  if (process.platform !== 'linux' || process.getuid() !== 0) return undefined;
  mkdirSync(dir, { recursive: true });
  if (!mount(['-t', 'tmpfs', '-o', `size=${kib}k,mode=0700`, 'tmpfs', dir])) return undefined;
  return {
    grow: (more) => mount(['-o', `remount,size=${more}k`, dir]),
    unmount: () => spawnSync('umount', ['-l', dir]).status === 0,
  };
}
