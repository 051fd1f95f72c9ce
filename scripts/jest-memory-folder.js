// The tests write thousands of small files and wait for each to be on disk. Where memory can hold them, as on Linux, that
// wait is most of their time, and tells nothing: what survives a crash of the machine is not what they try.
import { statfsSync } from 'node:fs';

const FOLDER = '/dev/shm';
/** What is left open by all workers together, many times over; a container often has 64 MB. */
const ROOM_BYTES = 2 ** 30;

function hasRoom() {
  try {
    const { bavail, bsize } = statfsSync(FOLDER);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}

/** Makes `tmpdir()` a folder in memory, here and in the workers, unless TMPDIR is set. */
export default function useMemoryFolder() {
  if (process.platform === 'linux' && process.env.TMPDIR === undefined && hasRoom())
    process.env.TMPDIR = FOLDER;
}
