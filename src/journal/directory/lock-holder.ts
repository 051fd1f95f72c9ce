import { z } from 'zod';
import { readKernelLink, readKernelText } from '../../disk/look.ts';

const holder = z.object({
  pid: z.int().positive(),
  hostname: z.string(),
  startedAt: z.string(),
  /** Boot id and start time of the process, if the system shows them. They differ if a pid is used again. */
  processStart: z.string().optional(),
  /** The namespace of the pid, if the system shows it. In a different one, the same pid is a different process. */
  pidSpace: z.string().optional(),
  token: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
});

/** The process that has a lock, as it is written there. */
export type LockHolder = z.infer<typeof holder>;

/** Parses the content of a lock file; undefined for any other text. */
export function parseHolder(text: string): LockHolder | undefined {
  try {
    return holder.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Asks the system about processes on this machine. */
export interface ProcessFacts {
  /** Tells whether a process with this id is running here; true if that cannot be known. */
  readonly isAlive: (pid: number) => boolean;
  /** Distinguishes two processes with the same pid; undefined if the system does not show it. */
  readonly startOf: (pid: number) => Promise<string | undefined>;
  /** The namespace of pids; undefined if the system has none. */
  readonly pidSpace: () => Promise<string | undefined>;
}

/** Reads boot id and start time (clock ticks after boot, field 22 of proc_pid_stat(5)) of a process on Linux. */
export async function readProcessStart(pid: number): Promise<string | undefined> {
  try {
    const [boot, stat] = await Promise.all([
      readKernelText('/proc/sys/kernel/random/boot_id'),
      readKernelText(`/proc/${pid}/stat`),
    ]);
    // The second field is the command in brackets, which can contain anything. Fields are counted after it.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? undefined : `${boot.trim()}/${ticks}`;
  } catch {
    return undefined;
  }
}

/** Reads the namespace of pids on Linux. */
export async function readPidSpace(): Promise<string | undefined> {
  try {
    return await readKernelLink('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

/** What is known about a lock's holder. */
export type HolderState = 'alive' | 'gone' | 'perhaps-alive' | 'elsewhere';

/** Tells whether a holder runs on this machine although its host name differs: same boot, same namespace, same start. */
async function isSeenHere(
  held: LockHolder,
  space: string | undefined,
  facts: ProcessFacts,
): Promise<boolean> {
  if (held.processStart === undefined || held.pidSpace === undefined) return false;
  if (held.pidSpace !== space || !facts.isAlive(held.pid)) return false;
  return (await facts.startOf(held.pid)) === held.processStart;
}

/** Judges a holder: `gone` or `alive` only if that is certain. */
export async function judgeHolder(
  held: LockHolder,
  here: { readonly hostname: string; readonly facts: ProcessFacts },
): Promise<HolderState> {
  const { facts } = here;
  const space = await facts.pidSpace();
  const isOtherSpace =
    held.pidSpace !== undefined && space !== undefined && held.pidSpace !== space;
  if (held.hostname !== here.hostname || isOtherSpace)
    return (await isSeenHere(held, space, facts)) ? 'alive' : 'elsewhere';
  if (!facts.isAlive(held.pid)) return 'gone';
  const start = await facts.startOf(held.pid);
  if (held.processStart === undefined || start === undefined) return 'perhaps-alive';
  return held.processStart === start ? 'alive' : 'gone';
}
