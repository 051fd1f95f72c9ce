import { readdirSync, readlinkSync } from 'node:fs';

/** The files below a folder that this process has open. Only Linux tells; elsewhere there are none. */
export function openBelow(dir: string): readonly string[] {
  const list = () => {
    try {
      return readdirSync('/proc/self/fd');
    } catch {
      return [];
    }
  };
  return list().flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(`${dir}/`) ? [path.slice(dir.length + 1)] : [];
    } catch {
      // It was closed in between.
      return [];
    }
  });
}
