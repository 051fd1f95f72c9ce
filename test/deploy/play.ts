/** A supervisor that follows the rules of a file that ships, and kills what it has started. */
import { readFile } from 'node:fs/promises';
import type { ChildProcess } from 'node:child_process';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import type { Ran, Stage } from '../integration/rig.ts';
import type { Ended, Supervisor } from './supervision.ts';

/** What kills a process, and after how many emails of the org in total. */
export interface Blow {
  readonly signal: 'SIGKILL' | 'SIGTERM';
  readonly mails: number;
}

/** One process that the supervisor started. */
export interface Started {
  readonly ended: Ended & Pick<Ran, 'stdout' | 'stderr'>;
  /** What the supervisor waited before it. */
  readonly waitedMs: number;
}

/** Starts the command on a machine with this name, and calls back for each thing that it prints. */
export type Start = (
  words: readonly string[],
  machine: string,
  onStdout: () => void,
) => {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran & { readonly signal: string | null }>;
};

const MOST_STARTS = 40;

/** The consent to the run in a folder, as a person copies it from the preview. */
export async function consentTo(s: Stage, folder: string): Promise<string> {
  const run = JSON.parse(await readFile(s.path(folder, 'run.json'), 'utf8')) as RunFile;
  return `${run.targets}@${run.host}#${run.planDigest.slice(0, 8)}`;
}

/** Starts, kills, and starts again as the rules say, each time under a different host name, until they say no. */
export async function supervise(
  supervisor: Supervisor,
  words: readonly string[],
  blows: readonly Blow[],
  { start, s }: { readonly start: Start; readonly s: Stage },
): Promise<readonly Started[]> {
  const all: Started[] = [];
  for (;;) {
    const blow = blows[all.length];
    let isHit = false;
    const { child, ended } = start([...words, '--json'], `machine-${all.length}`, () => {
      if (isHit || blow === undefined || s.org.stats().effects.mails.total < blow.mails) return;
      isHit = child.kill(blow.signal);
    });
    const { code, signal, stdout, stderr } = await ended;
    const one = { code: signal === null ? code : null, signal, stdout, stderr };
    all.push({ ended: one, waitedMs: all.length === 0 ? 0 : supervisor.waitMs(all.length) });
    if (!supervisor.restarts(one)) return all;
    if (all.length >= MOST_STARTS) throw new Error(`started ${MOST_STARTS} times: ${stderr}`);
  }
}
