/**
 * A disk that fails where it is told to, below okta-reset's own calls of Node's file system. It is active from the moment it
 * is imported until `giveBack`, also for modules that were loaded before. Until a fault is armed, every call is Node's own.
 */
import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const real = { ...fs };
const promises = { ...fs.promises };

/** The codes of the disks that are tried. */
export const CODES = ['ENOSPC', 'EIO', 'EROFS'] as const;

export type DiskCall =
  'open' | 'write' | 'sync' | 'close' | 'rename' | 'link' | 'truncate' | 'mkdir';

/** Calls on a file that fail, from the `nth` (from 1) on, until the disk works again. */
export interface DiskFault {
  /** The name of the file, or of the one that it is to replace, with its folder if only the one in that is meant. */
  readonly file: string;
  readonly call: DiskCall;
  /** The system's code, such as one of `CODES`. */
  readonly code: string;
  readonly nth: number;
}

/** Which calls of a file fail, and from which one on. */
export type Calls = Readonly<Record<string, Partial<Record<DiskCall, readonly number[]>>>>;

/** The calls of a file that is written next to the old one and then replaces it. */
export const STAGED = { open: [1], write: [1], sync: [1], close: [1], rename: [1] } as const;

/** One fault for each call. The codes take turns, so that each call and each file gets several. */
export function faultsOf(files: Calls): readonly DiskFault[] {
  const faults: DiskFault[] = [];
  for (const [file, calls] of Object.entries(files))
    for (const [call, points] of Object.entries(calls))
      for (const nth of points) {
        const code = CODES[faults.length % CODES.length] ?? 'EIO';
        faults.push({ file, call: call as DiskCall, code, nth });
      }
  return faults;
}

let armed: DiskFault | undefined;
let seen = 0;
let failed = 0;
const names = new Map<number, string>();

/** Makes the disk fail from now on. */
export function failFrom(fault: DiskFault): void {
  armed = fault;
  seen = 0;
  failed = 0;
}

/** Makes the disk work again. Returns how many calls have failed. */
export function sound(): number {
  armed = undefined;
  return failed;
}

let stalled: (() => void) | undefined;
let freed: Promise<void> | undefined;

/** Makes the syncs of the armed file neither succeed nor fail until `free` is called; `begun` resolves at the first. */
export function stallFrom(fault: Omit<DiskFault, 'call' | 'code'>): {
  readonly begun: Promise<void>;
  readonly free: () => void;
} {
  failFrom({ ...fault, call: 'sync', code: 'EIO' });
  let free: () => void = () => undefined;
  freed = new Promise((resolve) => {
    free = () => {
      freed = undefined;
      sound();
      resolve();
    };
  });
  const begun = new Promise<void>((resolve) => (stalled = resolve));
  return { begun, free };
}

/** A file is named by the last part of its path that is not a draft's: `lock.UUID.new` is the lock. */
const nameOf = (path: unknown): string =>
  (typeof path === 'string' ? path : '')
    .replace(/^.*\//, '')
    .replace(/^lock\..*$/, 'lock')
    .replace(/^\.okta-reset-.*\.lock.*$/, 'org-lock')
    .replace(/^.*\.proof$/, 'proof');

const isMeant = (path: unknown, file: string): boolean =>
  file.includes('/')
    ? typeof path === 'string' && path.endsWith(`/${file}`)
    : nameOf(path) === file;

function refused(call: DiskCall, path: unknown): NodeJS.ErrnoException | undefined {
  if (armed === undefined || armed.call !== call || !isMeant(path, armed.file)) return undefined;
  seen += 1;
  if (seen < armed.nth) return undefined;
  failed += 1;
  const error: NodeJS.ErrnoException = new Error(`${armed.code}: injected, ${call}`);
  return Object.assign(error, { code: armed.code, syscall: call });
}

function heed(call: DiskCall, path: unknown): void {
  const error = refused(call, path);
  if (error !== undefined) throw error;
}

/** A full disk accepts a part of the first write that fails. */
const isFirstOfFull = () => armed?.code === 'ENOSPC' && failed === 1;

function watchedHandle(handle: FileHandle, path: unknown): FileHandle {
  const writeFile = handle.writeFile.bind(handle);
  const sync = handle.sync.bind(handle);
  const datasync = handle.datasync.bind(handle);
  const truncate = handle.truncate.bind(handle);
  const close = handle.close.bind(handle);
  const writeBytes = handle.write.bind(handle) as (
    data: Uint8Array,
    ...rest: readonly number[]
  ) => Promise<{ readonly bytesWritten: number }>;
  const half = async (data: Uint8Array | string, at?: number): Promise<number> => {
    const bytes = Buffer.from(data);
    const most = bytes.length >> 1;
    const { bytesWritten } = await (at === undefined
      ? writeBytes(bytes.subarray(0, most))
      : writeBytes(bytes, 0, most, at));
    return bytesWritten;
  };
  return Object.assign(handle, {
    write: async (data: Uint8Array, ...rest: readonly number[]) => {
      const error = refused('write', path);
      if (error === undefined) return writeBytes(data, ...rest);
      if (!isFirstOfFull()) throw error;
      return { bytesWritten: await half(data, rest[2]), buffer: data };
    },
    writeFile: async (data: Uint8Array | string) => {
      const error = refused('write', path);
      if (error === undefined) return writeFile(data);
      if (isFirstOfFull()) await half(data);
      throw error;
    },
    sync: async () => {
      heed('sync', path);
      return sync();
    },
    datasync: async () => {
      if (freed === undefined) heed('sync', path);
      else if (refused('sync', path) !== undefined) {
        stalled?.();
        await freed;
      }
      return datasync();
    },
    truncate: async (length?: number) => {
      heed('truncate', path);
      return truncate(length);
    },
    close: async () => {
      // The descriptor is gone whatever close says.
      names.delete(handle.fd);
      await close();
      heed('close', path);
    },
  });
}

type Callback = (error: NodeJS.ErrnoException | null, ...values: readonly unknown[]) => void;

/** A call on a descriptor that ends with a callback. */
function onDescriptor(call: DiskCall, original: (...args: never[]) => void) {
  return (fd: number, ...rest: readonly unknown[]): void => {
    const error = refused(call, names.get(fd));
    if (error === undefined) original(...([fd, ...rest] as never[]));
    else setImmediate(rest.at(-1) as Callback, error);
  };
}

const watched = {
  open: (path: string, ...rest: readonly unknown[]): void => {
    const error = refused('open', path);
    const callback = rest.at(-1) as Callback;
    if (error !== undefined) {
      setImmediate(callback, error);
      return;
    }
    const named: Callback = (failure, fd) => {
      if (failure === null) names.set(fd as number, path);
      callback(failure, fd);
    };
    (real.open as (...args: readonly unknown[]) => void)(path, ...rest.slice(0, -1), named);
  },
  openSync: (path: string, flags: string, mode?: number): number => {
    heed('open', path);
    const fd = real.openSync(path, flags, mode);
    names.set(fd, path);
    return fd;
  },
  write: onDescriptor('write', real.write),
  fsync: onDescriptor('sync', real.fsync),
  fdatasync: onDescriptor('sync', real.fdatasync),
  ftruncate: onDescriptor('truncate', real.ftruncate),
  close: (fd: number, callback: Callback): void => {
    const error = refused('close', names.get(fd));
    names.delete(fd);
    real.close(fd, (failure) => callback(error ?? failure));
  },
  writeSync: (fd: number, data: Uint8Array): number => {
    const error = refused('write', names.get(fd));
    if (error === undefined) return real.writeSync(fd, data);
    if (isFirstOfFull()) return real.writeSync(fd, data.subarray(0, data.length >> 1));
    throw error;
  },
  closeSync: (fd: number): void => {
    const name = names.get(fd);
    names.delete(fd);
    real.closeSync(fd);
    heed('close', name);
  },
};

const watchedPromises = {
  open: async (path: string, flags?: string | number, mode?: number) => {
    heed('open', path);
    const handle = await promises.open(path, flags, mode);
    // Some write by the descriptor.
    names.set(handle.fd, path);
    return watchedHandle(handle, path);
  },
  mkdir: async (path: string, options?: { recursive?: boolean; mode?: number }) => {
    heed('mkdir', path);
    return promises.mkdir(path, options);
  },
  mkdtemp: async (prefix: string) => {
    heed('mkdir', `${prefix}XXXXXX`);
    return promises.mkdtemp(prefix);
  },
  rename: async (from: string, to: string) => {
    heed('rename', to);
    return promises.rename(from, to);
  },
  link: async (from: string, to: string) => {
    heed('link', to);
    return promises.link(from, to);
  },
};

Object.assign(fs, watched);
Object.assign(fs.promises, watchedPromises);
syncBuiltinESMExports();

/** Puts Node's own calls back. */
export function giveBack(): void {
  for (const name of Object.keys(watched))
    Object.assign(fs, { [name]: real[name as keyof typeof fs] });
  for (const name of Object.keys(watchedPromises))
    Object.assign(fs.promises, { [name]: promises[name as keyof typeof promises] });
  syncBuiltinESMExports();
}
