import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import {
  listRuns,
  type ListedRun as FoundRun,
  type UnreadableRun,
} from '../../../app/runs/list-runs.ts';
import { linesFor } from '../../../config/continuation.ts';
import { DEFAULTS } from '../../../config/defaults.ts';
import { notFound } from '../../refusal.ts';
import { appContext, type ConsoleContext } from '../console-context.ts';

const PLAIN = /^[A-Za-z0-9][\w.-]{0,100}$/;

/** Returns a run's name in the API: its folder's name, or a digest of it if that is not a plain word. */
export function runIdOf(dir: string): string {
  const name = basename(dir);
  if (PLAIN.test(name)) return name;
  return `x.${createHash('sha256').update(dir).digest('hex').slice(0, 24)}`;
}

/** The runs under `reports/`. Their folders are found by listing it, never through a name from outside. */
export class RunFolder {
  readonly #console: ConsoleContext;
  readonly #dirs = new Map<string, string>();

  constructor(console: ConsoleContext) {
    this.#console = console;
  }

  async list(signal: AbortSignal): Promise<{
    readonly runs: readonly FoundRun[];
    readonly unreadable: readonly UnreadableRun[];
  }> {
    const { host } = this.#console;
    const context = appContext(this.#console, () => undefined, { drain: signal });
    const found = await listRuns([resolve(host.cwd, DEFAULTS.reportsDir)], context, (run) =>
      linesFor(run.origin, host.env['OKTA_CLIENT_ORGURL']),
    );
    for (const { dir } of found.runs) this.#dirs.set(runIdOf(dir), dir);
    return found;
  }

  /** Adds a run that was made just now. Returns its name in the API. */
  add(dir: string): string {
    const id = runIdOf(dir);
    this.#dirs.set(id, dir);
    return id;
  }

  /** Returns the folder of a run. Rejects with NOT_FOUND. */
  async dirOf(id: string, signal: AbortSignal): Promise<string> {
    if (!this.#dirs.has(id)) await this.list(signal);
    const dir = this.#dirs.get(id);
    if (dir === undefined) throw notFound('run');
    return dir;
  }

  /** Returns a run as a list shows it. Rejects with NOT_FOUND. */
  async find(id: string, signal: AbortSignal): Promise<FoundRun> {
    const dir = await this.dirOf(id, signal);
    const { runs } = await this.list(signal);
    const found = runs.find((run) => run.dir === dir);
    if (found === undefined) throw notFound('run');
    return found;
  }
}
