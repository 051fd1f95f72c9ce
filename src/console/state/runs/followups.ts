import type { TakenFollowup } from '../../api/live.ts';
import { apiErrorOf, notNow } from '../../refusal.ts';
import { appContext, type ConsoleContext } from '../console-context.ts';
import { follow, shownFollowup, statesOf, type Onward } from './onward.ts';
import { runIdOf, type RunFolder } from './run-folder.ts';

const MOST_NOTES = 20;

/** The follow-ups that this process has taken, the newest of each run. */
export class Followups {
  readonly #console: ConsoleContext;
  readonly #runs: RunFolder;
  readonly #taken = new Map<string, TakenFollowup>();

  constructor(console: ConsoleContext, runs: RunFolder) {
    this.#console = console;
    this.#runs = runs;
  }

  of(id: string): TakenFollowup | undefined {
    return this.#taken.get(id);
  }

  /** Begins to read how far the users of a run are. Events show the result. Throws NOT_NOW. */
  begin(id: string, onward: Onward, linkLifetime: string | undefined): TakenFollowup {
    if (this.of(id)?.state === 'reading')
      throw notNow('A follow-up is already reading this run.', 'Wait for it.');
    // What was read before stays until there is something newer.
    const result = this.of(id)?.result;
    const begun: TakenFollowup = { run: id, state: 'reading', error: undefined, notes: [], result };
    this.#tell(begun);
    void this.#console.underWay(this.#take(begun, onward, linkLifetime));
    return begun;
  }

  async #take(begun: TakenFollowup, onward: Onward, linkLifetime: string | undefined) {
    const { host } = this.#console;
    let told = begun;
    const context = appContext(this.#console, (event) => {
      if (event.type !== 'message') return;
      const { level, text, hint } = event;
      told = { ...told, notes: [...told.notes, { level, text, hint }].slice(-MOST_NOTES) };
      this.#tell(told);
    });
    const { dir, org } = onward;
    try {
      const taken = await follow(onward, statesOf(undefined), linkLifetime, context);
      const { runs } = await this.#runs.list(context.interrupt.drain);
      const ids = new Map(runs.map((run) => [run.name, runIdOf(run.dir)]));
      const result = shownFollowup(taken, {
        ...{ dir, cwd: host.cwd, origin: org.origin, orgUrl: host.env['OKTA_CLIENT_ORGURL'] },
        idOf: (name) => ids.get(name),
      });
      this.#tell({ ...told, state: 'taken', result });
    } catch (error) {
      this.#tell({ ...told, state: 'failed', error: apiErrorOf(error) });
    }
  }

  #tell(followup: TakenFollowup): void {
    this.#taken.set(followup.run, followup);
    this.#console.events.tell({ type: 'followup', followup });
  }
}
