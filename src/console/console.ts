import { takeConsoleLock } from '../app/console/console-lock.ts';
import type { ConsoleInput } from '../app/console/console-port.ts';
import { readPageFiles } from '../app/console/page-files.ts';
import { openPacings } from '../app/org/pacings.ts';
import { StopRequest, watchSignals, type Interrupt } from '../app/run/interrupt.ts';
import { EXIT } from '../domain/codes/exit-code.ts';
import type { Host } from '../domain/host.ts';
import { consoleApp } from './server/app.ts';
import { listen } from './server/listen.ts';
import { Sessions } from './server/session.ts';
import type { ConsoleContext } from './state/console-context.ts';
import { openState, type ConsoleState } from './state/console-state.ts';
import { EventLog } from './state/event-log.ts';
import { Uploads } from './state/draft/uploads.ts';
import { openInBrowser } from './desktop-browser.ts';

/** Waits until a signal aborts. */
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Calls back for each line that somebody types in the terminal. */
async function atEachEnter(stdin: Host['stdin'], then: () => Promise<void>): Promise<void> {
  if (!stdin.isTty) return;
  for await (const chunk of stdin) if (Buffer.from(chunk).includes(0x0a)) await then();
}

/** Keeps the work that the end of the console waits for. */
class UnderWay {
  readonly #all = new Set<Promise<unknown>>();

  readonly add = <T>(work: Promise<T>): Promise<T> => {
    this.#all.add(work);
    const done = () => this.#all.delete(work);
    work.then(done, done);
    return work;
  };

  async ended(): Promise<void> {
    while (this.#all.size > 0) await Promise.allSettled([...this.#all]);
  }
}

/** Serves the page until Ctrl-C, and after that until nothing is in progress. Rejects with USAGE if the port is taken. */
async function serve(
  { port: wanted, browser, verbose, tell }: ConsoleInput,
  state: ConsoleState,
  underWay: UnderWay,
): Promise<void> {
  const { host, interrupt } = state.console;
  const sessions = new Sessions(host.clock, () => state.live.busyUntilMs);
  let port = 0;
  const app = consoleApp({
    state,
    sessions,
    port: () => port,
    files: readPageFiles(),
    onFault: (error) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (verbose) void tell({ kind: 'warning', text, hint: 'Please report it.' });
    },
  });
  const listening = await listen((request) => app.fetch(request), wanted);
  ({ port } = listening);
  try {
    const url = `http://127.0.0.1:${port}`;
    const link = () => `${url}/open/${sessions.newLink()}`;
    const first = link();
    await tell({ kind: 'listening', url, link: first });
    const forget = browser ? await openInBrowser(first, host) : undefined;
    void atEachEnter(host.stdin, () => tell({ kind: 'link', link: link() })).catch(() => undefined);
    await aborted(interrupt.drain);
    await underWay.ended();
    await forget?.();
  } finally {
    await listening.close();
  }
}

/** Returns the exit code of the process: that of the signal if it ended a run. */
function exitCodeOf({ drain }: Interrupt, drainedRuns: number): number {
  if (drainedRuns === 0) return EXIT.ok;
  const reason: unknown = drain.reason;
  return reason instanceof StopRequest && reason.signal !== 'SIGINT' ? EXIT.sigterm : EXIT.sigint;
}

/**
 * Opens the console: listens on loopback, prints a link that works once, and serves until Ctrl-C. A run in progress is then
 * drained, and a second Ctrl-C leaves it. Resolves with the exit code. Rejects with CONSOLE_OPEN if another console is open
 * in the same folder, and with USAGE if the port is taken.
 */
export async function openConsole(input: ConsoleInput, host: Host): Promise<number> {
  const lock = await takeConsoleLock(host);
  const events = new EventLog();
  const uploads = new Uploads(events);
  const underWay = new UnderWay();
  let busy = () => 0;
  let drainedRuns = 0;
  const interrupt = watchSignals(host, (_, phase) => {
    const runs = busy();
    drainedRuns = Math.max(drainedRuns, runs);
    events.tell({ type: 'closing' });
    void input.tell({ kind: 'closing', phase, runs });
  });
  const pacings = openPacings(host);
  const context: ConsoleContext = {
    ...{ host, events, interrupt, pacings },
    verbose: input.verbose,
    openUpload: (name, signal) => uploads.open(name, signal),
    underWay: underWay.add,
  };
  const state = openState(context, uploads, input);
  busy = () => state.live.busy;
  try {
    await state.keys.read();
    await serve(input, state, underWay);
  } finally {
    host.stdin.close();
    interrupt.release();
    await state.close();
    pacings.close();
    await lock.release();
  }
  return exitCodeOf(interrupt, drainedRuns);
}
