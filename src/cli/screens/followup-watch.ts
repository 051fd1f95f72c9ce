import type { AppContext } from '../../app/context.ts';
import type { Followup, TakenFollowup } from '../../app/followup/followup.ts';
import { runName } from '../../app/runs/run-name.ts';
import { formatDuration } from '../../domain/duration.ts';
import { watchCommand, type CommandLines } from '../../domain/run/next-commands.ts';
import type { AppEvent } from '../../domain/run/event.ts';
import { wrap } from '../../text/layout.ts';
import { plain } from '../../text/safe.ts';
import { asLines, type Text } from '../../text/styled.ts';
import { followupScreen, nextOfFollowup } from './followup-screen.ts';
import { openLiveScreen, type Picture } from '../terminal/live-screen.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { count } from './words.ts';

export interface Watch {
  readonly dir: string;
  readonly everyMs: number;
  readonly look: (context: AppContext) => Promise<TakenFollowup>;
  /** The commands that go on. */
  readonly lines: CommandLines;
}

type Message = Extract<AppEvent, { type: 'message' }>;

export const isOver = ({ counts, users }: Followup): boolean =>
  counts.finished + counts.gone >= users;

const clockTime = (ms: number): string => new Date(ms).toTimeString().slice(0, 8);

/** The screen of one look as it stays: counts, what has moved since the watch began, remarks, and when it looks again. */
function pictureOf(
  parts: {
    readonly screen: (width: number) => readonly Text[];
    readonly moved: string;
    readonly messages: readonly Message[];
    readonly status: string;
  },
  terminal: Terminal,
): Picture {
  const { outStyle } = terminal;
  return (columns) => ({
    body: [
      ...parts.screen(columns),
      ...parts.messages.flatMap(({ text }) =>
        wrap(plain(text), columns, '  ').map(outStyle.yellow),
      ),
    ],
    foot: [...(parts.moved === '' ? [] : [parts.moved]), outStyle.dim(parts.status)],
  });
}

/**
 * Looks again and again on one screen that is drawn in place, until everybody has finished or is gone, or Ctrl-C.
 * Then the terminal is as it was, with the last look below and the command that looks again.
 */
export async function watchOnScreen(
  { dir, everyMs, look, lines: commands }: Watch,
  terminal: Terminal,
  context: AppContext,
): Promise<void> {
  const { clock } = terminal.host;
  const { drain } = context.interrupt;
  const name = runName(dir, terminal.host.cwd);
  const messages = new Map<string, Message>();
  const emit = (event: AppEvent) => {
    // Anything written beside the screen would spoil it; remarks are shown on it.
    if (event.type === 'message') messages.set(event.text, event);
  };
  const live = openLiveScreen(terminal.outWriter);
  const leave = () => void live.close();
  drain.addEventListener('abort', leave);
  const beganMs = clock.nowMs();
  let first: Followup | undefined;
  let taken: TakenFollowup | undefined;
  let last: Followup | undefined;
  const screen = (width: number) => {
    if (taken === undefined) return [];
    const next = nextOfFollowup(taken, dir, commands, terminal.host.cwd);
    return followupScreen(taken.followup, next, { width, style: terminal.outStyle });
  };
  const show = (status: string) => {
    const more = (last?.counts.finished ?? 0) - (first?.counts.finished ?? 0);
    const moved =
      more <= 0
        ? ''
        : `${count(more)} finished in the ${formatDuration(clock.nowMs() - beganMs)} of this watch.`;
    const shown = { screen, moved, messages: [...messages.values()], status };
    return live.draw(pictureOf(shown, terminal));
  };
  try {
    for (;;) {
      await show('Looking … Ctrl-C leaves.');
      taken = await look({ ...context, emit });
      last = taken.followup;
      first ??= last;
      if (isOver(last)) break;
      const nowMs = clock.nowMs();
      await show(
        `Looked at ${clockTime(nowMs)}, looks again at ${clockTime(nowMs + everyMs)}. Ctrl-C leaves.`,
      );
      await clock.sleep(everyMs, drain);
    }
  } catch (error) {
    // Ctrl-C is how a watch ends.
    if (!drain.aborted) throw error;
  } finally {
    drain.removeEventListener('abort', leave);
    await live.close();
    for (const { text, hint } of messages.values())
      await terminal.err(`${plain(text)}${hint === undefined ? '' : `\n  → ${hint}`}\n`);
  }
  const lines = screen(terminal.stdout.size().columns);
  const again =
    last !== undefined && isOver(last) ? [] : [`Again   ${watchCommand(name, commands)}`];
  await terminal.out(asLines([...lines, ...again, '']));
}
