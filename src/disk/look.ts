/** Finds out what is at a path without opening it. Whatever is read or written is checked again when it is opened. */
import { lstat, readFile, readlink, stat, statfs } from 'node:fs/promises';

/** What is at a path itself. A link counts as a link. */
export type Kind = 'file' | 'folder' | 'link' | 'other';

/** Tells what is at a path; undefined if there is nothing, or it cannot be determined. */
export async function kindAt(path: string): Promise<Kind | undefined> {
  const facts = await lstat(path).catch(() => undefined);
  if (facts === undefined) return undefined;
  if (facts.isSymbolicLink()) return 'link';
  if (facts.isFile()) return 'file';
  return facts.isDirectory() ? 'folder' : 'other';
}

/** Tells what a path leads to through links. */
export async function kindBehind(path: string): Promise<Kind | undefined> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) return undefined;
  if (facts.isFile()) return 'file';
  return facts.isDirectory() ? 'folder' : 'other';
}

/** Returns the size of a plain file in bytes; undefined if there is no file, or something else. */
export async function sizeOf(path: string): Promise<number | undefined> {
  const facts = await lstat(path).catch(() => undefined);
  return facts?.isFile() === true ? facts.size : undefined;
}

/** Tells whether two folders are on one volume, after following links; false if that cannot be determined. */
export async function isOneVolume(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return a !== undefined && b !== undefined && a.dev === b.dev;
}

/** Returns how many bytes this account can still write to the disk of a folder. Rejects with the system's error. */
export async function freeBytes(path: string): Promise<number> {
  const facts = await statfs(path);
  return facts.bavail * facts.bsize;
}

/** Reads a file of /proc. Rejects with the system's error. */
export async function readKernelText(path: `/proc/${string}`): Promise<string> {
  return readFile(path, 'utf8');
}

/** Reads the target of a link in /proc. Rejects with the system's error. */
export async function readKernelLink(path: `/proc/${string}`): Promise<string> {
  return readlink(path);
}
