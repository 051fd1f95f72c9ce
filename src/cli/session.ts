import type { AppContext } from '../app/context.ts';
import { isClosedOutput, watchSignals } from '../app/run/interrupt.ts';
import { EXIT } from '../domain/codes/exit-code.ts';
import { openPacings } from '../app/org/pacings.ts';
import type { AppEvent } from '../domain/run/event.ts';
import { readConfigFile } from '../config/yaml/config-file.ts';
import type { ConfigSources } from '../config/sources.ts';
import { WIDEST, wrap } from '../text/layout.ts';
import { plain } from '../text/safe.ts';
import { openEventLines } from './screens/event-lines.ts';
import { makeProgress } from './screens/progress/run-progress.ts';
import type { Terminal } from './terminal/terminal.ts';
import { asCalled } from '../domain/program.ts';
import { styled, type Text } from '../text/styled.ts';

/** One command at work: its events rendered, its signals watched. `close` must be called, whatever happens. */
export interface Session {
  readonly context: AppContext;
  readonly sources: ConfigSources;
  /** Prints a machine-readable event; only with --json. */
  readonly publish: (
    event: Readonly<Record<string, unknown>> & { readonly type: string },
  ) => Promise<void>;
  /** Removes the progress display, so that a screen can follow. */
  readonly settle: () => Promise<void>;
  /** Does what needs the terminal for itself: no progress is drawn meanwhile. */
  readonly undisturbed: <T>(work: () => Promise<T>) => Promise<T>;
  /** Leaves a line free after messages, so that a screen stands by itself. */
  readonly gap: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const LEVELS = {
  info: (text: string) => text,
  warning: (text: string) => `Warning: ${text}`,
  error: (text: string) => `Error: ${text}`,
} as const;

function openSession(
  terminal: Terminal,
  /** `silentStop`: the command itself says what a first Ctrl-C comes to. */
  options: { readonly silentStop?: boolean } = {},
): Session {
  const progress = makeProgress(terminal);
  let tail: Promise<void> = Promise.resolve();
  const enqueue = (work: () => Promise<void>) => {
    tail = tail.then(work);
    return tail;
  };
  const lines = openEventLines(terminal.stdout.write, terminal.host.program);
  const publish = (event: Readonly<Record<string, unknown>>) =>
    terminal.json ? lines.publish(event) : Promise.resolve();
  let said = false;
  const say = (text: Text) => {
    said = true;
    void enqueue(async () => {
      await progress.clear();
      await terminal.err(text);
    });
  };

  const emit = (event: AppEvent): void => {
    if (terminal.json) {
      void publish({ ...event });
      return;
    }
    if (event.type === 'message') {
      if (terminal.quiet && event.level === 'info') return;
      const { style } = terminal;
      const width = Math.min(WIDEST, terminal.host.stderr.size().columns);
      const { program } = terminal.host;
      const words = LEVELS[event.level](plain(asCalled(event.text, program)));
      const text = wrap(words, width - 1, '  ').join('\n');
      const hint = wrap(asCalled(event.hint ?? '', program), width - 5, '    ').join('\n');
      const shown = event.level === 'info' ? style.dim(text) : style.yellow(text);
      say(styled`${shown}${hint === '' ? '' : styled`\n  ${style.bold('→')} ${hint}`}\n`);
      return;
    }
    progress.event(event);
  };
  const interrupt = watchSignals(terminal.host, (signal, phase) => {
    if (signal === 'SIGPIPE') return;
    if (phase === 'drain' && options.silentStop === true) return;
    say(
      phase === 'drain'
        ? `\n${signal}: no new calls, what is in flight is being settled. Again: leave at once.\n`
        : `\n${signal} again: leaving now. Nothing that was done is lost.\n`,
    );
  });
  const pacings = openPacings(terminal.host);
  return {
    context: {
      host: terminal.host,
      emit,
      caughtUp: lines.caughtUp,
      interrupt,
      pacings,
      verbose: terminal.verbose,
    },
    sources: {
      env: terminal.host.env,
      cwd: terminal.host.cwd,
      homeDir: terminal.host.homeDir,
      readFile: (path) =>
        readConfigFile(path, { sleep: terminal.host.clock.sleep, signal: interrupt.drain }),
      warn: (text, hint) => emit({ type: 'message', level: 'warning', text, hint }),
      note: (text) => emit({ type: 'message', level: 'info', text }),
    },
    publish,
    settle: async () => {
      await Promise.all([tail, lines.settle()]);
      await progress.clear();
    },
    undisturbed: async (work) => {
      await Promise.all([tail, lines.settle()]);
      await progress.hold(true);
      try {
        return await work();
      } finally {
        await progress.hold(false);
      }
    },
    gap: async () => {
      if (said) await terminal.err('\n');
      said = false;
    },
    close: async () => {
      interrupt.release();
      pacings.close();
      progress.end();
      await Promise.all([tail, lines.settle()]);
      await progress.clear();
    },
  };
}

/** Does the work of a command in a session of its own: signals are watched, and the display is gone at the end. */
export async function withSession<T>(
  terminal: Terminal,
  work: (session: Session) => Promise<T>,
  options: { readonly silentStop?: boolean } = {},
): Promise<T> {
  const session = openSession(terminal, options);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** Does the work of a command that only prints: a reader who goes away is the end it wanted. */
export const printing = (
  terminal: Terminal,
  work: (session: Session) => Promise<number>,
): Promise<number> =>
  withSession(terminal, work).catch((error: unknown) => {
    if (isClosedOutput(error)) return EXIT.ok;
    throw error;
  });
