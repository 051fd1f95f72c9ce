import type { AppContext } from '../../app/context.ts';
import type { Followup, TakenFollowup } from '../../app/followup/followup.ts';
import { runName } from '../../app/runs/run-name.ts';
import { formatDuration } from '../../domain/duration.ts';
import { watchCommand, type CommandLines } from '../../domain/run/next-commands.ts';
import type { AppEvent } from '../../domain/run/event.ts';
import { wrap } from '../../text/layout.ts';
import { plain } from '../../text/safe.ts';
import { asLines, type Text } from '../../text/styled.ts';
import { nextOfFollowup } from '../../app/followup/next-of-followup.ts';
import { followupScreen } from './followup-screen.ts';
import type { Message } from './message-text.ts';
import { openLiveScreen, type LiveScreen } from '../terminal/live-screen.ts';
import type { Session } from '../session.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { count } from '../../domain/counted.ts';

export interface Watch {
  readonly dir: string;
  readonly everyMs: number;
  readonly look: (context: AppContext) => Promise<TakenFollowup>;
  /** The commands that continue. */
  readonly lines: CommandLines;
}

export const isOver = ({ counts, users }: Followup): boolean =>
  counts.finished + counts.gone >= users;

const clockTime = (ms: number): string => new Date(ms).toTimeString().slice(0, 8);

/** What a watch shows: the last result, what has changed since the watch began, messages, and when the next read is. */
class WatchScreen {
  last: TakenFollowup | undefined;
  /** Messages since the watch began, each once. */
  readonly messages = new Map<string, Message>();
  readonly #watch: Watch;
  readonly #terminal: Terminal;
  readonly #beganMs: number;
  #first: Followup | undefined;

  constructor(watch: Watch, terminal: Terminal) {
    this.#watch = watch;
    this.#terminal = terminal;
    this.#beganMs = terminal.host.clock.nowMs();
  }

  take(taken: TakenFollowup): void {
    this.last = taken;
    this.#first ??= taken.followup;
  }

  lines(width: number): readonly Text[] {
    if (this.last === undefined) return [];
    const { host, outStyle } = this.#terminal;
    const next = nextOfFollowup(this.last, this.#watch.dir, this.#watch.lines, host.cwd);
    return followupScreen(this.last.followup, next, { width, style: outStyle });
  }

  draw(live: LiveScreen, status: string): Promise<void> {
    const { outStyle } = this.#terminal;
    return live.draw((columns) => ({
      body: [
        ...this.lines(columns),
        ...[...this.messages.values()].flatMap(({ text }) =>
          wrap(plain(text), columns - 2, '  ').map(outStyle.yellow),
        ),
      ],
      foot: [...this.#moved(), outStyle.dim(status)],
    }));
  }

  #moved(): readonly string[] {
    const { clock } = this.#terminal.host;
    const finished = (followup: Followup | undefined) => followup?.counts.finished ?? 0;
    const more = finished(this.last?.followup) - finished(this.#first);
    const spent = formatDuration(clock.nowMs() - this.#beganMs);
    return more <= 0 ? [] : [`${count(more)} finished in the ${spent} of this watch.`];
  }
}

/**
 * Repeats the follow-up on one screen that is redrawn in place, until everybody has finished or is gone, or until Ctrl-C.
 * Then the terminal is as it was before, with the last result and the command that repeats it.
 */
export async function watchOnScreen(watch: Watch, { terminal, context }: Session): Promise<void> {
  const { clock, cwd } = terminal.host;
  const { drain } = context.interrupt;
  const shown = new WatchScreen(watch, terminal);
  const emit = (event: AppEvent) => {
    // Anything written outside the screen would spoil it, so messages are shown on it.
    if (event.type === 'message') shown.messages.set(event.text, event);
  };
  const live = openLiveScreen(terminal.outWriter);
  const leave = () => void live.close();
  drain.addEventListener('abort', leave);
  try {
    for (;;) {
      await shown.draw(live, 'Checking … Ctrl-C leaves.');
      const taken = await watch.look({ ...context, emit });
      shown.take(taken);
      if (isOver(taken.followup)) break;
      const nowMs = clock.nowMs();
      const next = clockTime(nowMs + watch.everyMs);
      await shown.draw(
        live,
        `Checked at ${clockTime(nowMs)}, next check at ${next}. Ctrl-C leaves.`,
      );
      await clock.sleep(watch.everyMs, drain);
    }
  } catch (error) {
    // Ctrl-C is the normal end of a watch.
    if (!drain.aborted) throw error;
  } finally {
    drain.removeEventListener('abort', leave);
    await live.close();
    for (const { text, hint } of shown.messages.values())
      await terminal.err(`${plain(text)}${hint === undefined ? '' : `\n  → ${hint}`}\n`);
  }
  const isDone = shown.last !== undefined && isOver(shown.last.followup);
  const again = isDone ? [] : [`Again   ${watchCommand(runName(watch.dir, cwd), watch.lines)}`];
  await terminal.out(asLines([...shown.lines(terminal.stdout.size().columns), ...again, '']));
}
