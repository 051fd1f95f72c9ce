import type { AppContext } from '../app/context.ts';
import { isClosedOutput, watchSignals, type Interrupt } from '../app/run/interrupt.ts';
import { EXIT } from '../domain/codes/exit-code.ts';
import type { SignalName } from '../domain/host.ts';
import { tokenCommands } from '../app/org/token-command.ts';
import { openPacings } from '../app/org/pacings.ts';
import type { AppEvent } from '../domain/run/event.ts';
import { readConfigFile } from '../config/yaml/config-file.ts';
import type { ConfigSources } from '../config/sources.ts';
import { openEventLines, type EventLines } from './screens/event-lines.ts';
import { askSheet } from './screens/ask-sheet.ts';
import { messageText } from './screens/message-text.ts';
import { Progress } from './screens/progress/run-progress.ts';
import { openLineInput } from './terminal/line-input.ts';
import type { Terminal } from './terminal/terminal.ts';
import { styled, type Text } from '../text/styled.ts';

/** What a command can ask of its session. */
export interface SessionOptions {
  /** The command itself says what a first Ctrl-C does. */
  readonly silentStop?: boolean;
  /** Asks for the sheet of a workbook in place of the terminal's own question. */
  readonly askSheet?: AppContext['askSheet'];
}

/** One command in progress: shows its events and watches signals. `close` must be called, whatever happens. */
export class Session {
  readonly terminal: Terminal;
  readonly context: AppContext;
  readonly sources: ConfigSources;
  readonly #options: SessionOptions;
  readonly #progress: Progress;
  readonly #lines: EventLines;
  readonly #interrupt: Interrupt;
  #tail: Promise<void> = Promise.resolve();
  #said = false;
  #asked = false;

  constructor(terminal: Terminal, options: SessionOptions) {
    const { host, verbose } = terminal;
    this.terminal = terminal;
    this.#options = options;
    this.#progress = new Progress(terminal);
    this.#lines = openEventLines(terminal.stdout.write, host.program);
    this.#interrupt = watchSignals(host, (signal, phase) => this.#tellSignal(signal, phase));
    const emit = (event: AppEvent) => this.#show(event);
    const { caughtUp } = this.#lines;
    const pacings = openPacings(host);
    const ask = options.askSheet ?? (terminal.interactive ? this.#askSheet : undefined);
    const { drain } = this.#interrupt;
    this.context = {
      ...{ host, emit, caughtUp, interrupt: this.#interrupt, pacings, verbose },
      askSheet: ask && ((path, names) => this.undisturbed(() => ask(path, names))),
    };
    const reading = { sleep: host.clock.sleep, signal: drain };
    this.sources = {
      env: host.env,
      cwd: host.cwd,
      homeDir: host.homeDir,
      readFile: (path) => readConfigFile(path, reading),
      runCommand: tokenCommands(host),
      warn: (text, hint) => emit({ type: 'message', level: 'warning', text, hint }),
      note: (text) => emit({ type: 'message', level: 'info', text }),
    };
  }

  /** Prints an event for programs, but only with --json. */
  async publish(event: Readonly<Record<string, unknown>> & { readonly type: string }) {
    if (this.terminal.json) await this.#lines.publish(event);
  }

  /** Removes the progress display, so that a screen can follow. */
  async settle(): Promise<void> {
    await Promise.all([this.#tail, this.#lines.settle()]);
    await this.#progress.clear();
  }

  /** Runs a function that needs the terminal for itself. No progress is drawn in the meantime. */
  async undisturbed<T>(work: () => Promise<T>): Promise<T> {
    await Promise.all([this.#tail, this.#lines.settle()]);
    await this.#progress.hold(true);
    try {
      return await work();
    } finally {
      await this.#progress.hold(false);
    }
  }

  /** Leaves an empty line after messages, so that a screen is set apart. */
  async gap(): Promise<void> {
    if (this.#said) await this.terminal.err('\n');
    this.#said = false;
  }

  async close(): Promise<void> {
    this.#interrupt.release();
    this.context.pacings.close();
    this.#progress.end();
    // A read that nobody waits for would keep the process alive.
    if (this.#asked) this.terminal.host.stdin.close();
    await this.settle();
  }

  readonly #askSheet = async (path: string, names: readonly string[]) => {
    const { terminal, context } = this;
    await this.gap();
    this.#asked = true;
    const input = openLineInput(terminal.host.stdin);
    return askSheet(terminal, input, path, names, context.interrupt.drain);
  };

  #say(text: Text): void {
    this.#said = true;
    this.#tail = this.#tail.then(async () => {
      await this.#progress.clear();
      await this.terminal.err(text);
    });
  }

  #show(event: AppEvent): void {
    const { json, quiet } = this.terminal;
    if (json) void this.publish({ ...event });
    else if (event.type !== 'message') this.#progress.event(event);
    else if (!quiet || event.level !== 'info') this.#say(messageText(event, this.terminal));
  }

  #tellSignal(signal: SignalName, phase: 'drain' | 'leave'): void {
    if (signal === 'SIGPIPE' || (phase === 'drain' && this.#options.silentStop === true)) return;
    const told =
      phase === 'drain'
        ? {
            text: `${signal}: no new calls; waiting for those under way.`,
            hint: 'Press Ctrl-C again to leave at once.',
          }
        : { text: `${signal} again: leaving now. What was done is recorded.` };
    const said = messageText({ type: 'message', level: 'info', ...told }, this.terminal);
    this.#say(styled`\n${said}`);
  }
}

/** Runs a command in a separate session: signals are watched, and the display is removed at the end. */
export async function withSession<T>(
  terminal: Terminal,
  work: (session: Session) => Promise<T>,
  options: SessionOptions = {},
): Promise<T> {
  const session = new Session(terminal, options);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** Runs a command that only prints. If a reader closes the output, that is a normal end. */
export const printing = (
  terminal: Terminal,
  work: (session: Session) => Promise<number>,
): Promise<number> =>
  withSession(terminal, work).catch((error: unknown) => {
    if (isClosedOutput(error)) return EXIT.ok;
    throw error;
  });
