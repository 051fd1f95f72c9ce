/** The watch of a follow-up on one screen: what it shows from look to look, and what it leaves. */
import { describe, expect, test } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { FOLLOWUP_STATES } from '../../src/app/followup/followup-state.ts';
import type { TakenFollowup } from '../../src/app/followup/followup.ts';
import { isOver, watchOnScreen, type Watch } from '../../src/cli/screens/followup-watch.ts';
import { withSession } from '../../src/cli/session.ts';
import { openTerminal } from '../../src/cli/terminal/terminal.ts';
import type { Output, SignalName } from '../../src/domain/host.ts';
import { BARE_LINES } from '../../src/domain/run/next-commands.ts';
import { drawnBy } from './drawn.ts';
import { NO_FLAGS, terminalOn } from './terminal-on.ts';

type Counts = TakenFollowup['followup']['counts'];
type Look = Parameters<Watch['look']>[0];

const none = Object.fromEntries(FOLLOWUP_STATES.map((state) => [state, 0])) as Counts;
const EVERY_MS = 90_000;
const USERS = 4;

function taken(finished: number, gone = 0): TakenFollowup {
  const followup = {
    ...{ runId: 'a', host: 'acme.okta.com', action: 'reset-password', runs: ['a'] },
    ...{ takenAt: '2026-11-22T03:15:02.000Z', users: USERS, proven: USERS, proofs: 'whole' },
    ...{ bounces: 'whole', linkUses: 'whole', neverReset: 0, unreadable: 0, scanner: undefined },
    ...{ linkLifetimeMs: 3_600_000, linkLifetimeFrom: 'policy', file: 'a/followup.csv' },
    counts: { ...none, finished, gone, waiting: USERS - finished - gone },
  } as TakenFollowup['followup'];
  return { followup, chosen: new Map(), chain: [] };
}

interface Around {
  readonly press: (signal: SignalName) => void;
  /** What the separate screen shows now, if it is open. */
  readonly other: () => readonly string[] | undefined;
}

/** Watches until everybody has finished, or a look fails. `seen` is each picture, as the terminal shows it. */
async function watched(
  look: (look: number, context: Look, around: Around) => TakenFollowup,
  columns = 60,
) {
  const { host } = terminalOn({ ttys: ['out', 'err'], columns });
  let nowMs = new Date(2026, 10, 22, 4, 0, 0).getTime();
  const written = { out: '', err: '' };
  const seen: (readonly string[])[] = [];
  const sleeps: number[] = [];
  const output = (name: 'out' | 'err', given: Output): Output => ({
    ...given,
    write: async (text) => {
      written[name] += text;
      const { other } = drawnBy(written.out);
      if (name === 'out' && other !== undefined && text.startsWith('\u001b[H')) seen.push(other);
    },
  });
  const clock = {
    ...{ nowMs: () => nowMs, monotonicMs: () => nowMs },
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      sleeps.push(ms);
      nowMs += ms;
    },
  };
  let press: (signal: SignalName) => void = () => undefined;
  const onSignal = (listener: typeof press) => {
    press = listener;
    return () => undefined;
  };
  const streams = { stdout: output('out', host.stdout), stderr: output('err', host.stderr) };
  const terminal = openTerminal({ ...host, ...streams, clock, onSignal, cwd: '/w' }, NO_FLAGS);
  let looks = 0;
  const error: unknown = await withSession(
    terminal,
    async (session) => {
      const watch: Watch = {
        ...{ dir: '/w/a', everyMs: EVERY_MS, lines: BARE_LINES },
        look: async (context) => {
          looks += 1;
          if (looks > 9) throw new Error('too many looks');
          return look(looks, context, { press, other: () => drawnBy(written.out).other });
        },
      };
      const ended = await watchOnScreen(watch, session).catch((thrown: unknown) => thrown);
      expect(getEventListeners(session.context.interrupt.drain, 'abort')).toEqual([]);
      return ended;
    },
    { silentStop: true },
  );
  const { own, other } = drawnBy(written.out);
  return { error, looks, seen, sleeps, left: own, other, err: written.err };
}

const heads = (screens: readonly (readonly string[])[]) =>
  screens.map(([head = '', ...rest]) => [head.replace(/^.*: /, ''), ...rest.slice(-2)]);

describe('a watch on one screen', () => {
  test('shows each look, what has changed, and when the next one is, until everybody is done', async () => {
    const { error, seen, sleeps, left, other, err } = await watched(
      (look) => [taken(1), taken(1), taken(3)][look - 1] ?? taken(3, 1),
    );
    const list = 'List    a/followup.csv';
    const checking = 'Checking … Ctrl-C leaves.';
    const checked = (from: string, to: string) =>
      `Checked at 04:${from}, next check at 04:${to}. Ctrl-C leaves.`;
    const moved = '2 finished in the 3 min of this watch.';
    expect(heads(seen)).toEqual([
      [checking],
      ['1 of 4 users finished', list, checked('00:00', '01:30')],
      ['1 of 4 users finished', list, checking],
      ['1 of 4 users finished', list, checked('01:30', '03:00')],
      ['1 of 4 users finished', list, checking],
      ['3 of 4 users finished', moved, checked('03:00', '04:30')],
      ['3 of 4 users finished', '2 finished in the 4 min 30 s of this watch.', checking],
    ]);
    expect(sleeps).toEqual([EVERY_MS, EVERY_MS, EVERY_MS]);
    expect([error, other, err]).toEqual([undefined, undefined, '']);
    expect(left[0]).toMatch(/: 3 of 4 users finished$/);
    expect(left.slice(-2)).toEqual([list, '']);
  });

  test('shows messages on the screen, each once, and writes them with their advice at the end', async () => {
    const text = Array.from({ length: 20 }, () => 'slow').join(' ');
    const { seen, err } = await watched((look, { emit }) => {
      emit({ type: 'message', level: 'warning', text, hint: 'Wait.' });
      emit({ type: 'reading', what: 'lookup', done: 500 });
      if (look === 2) emit({ type: 'message', level: 'info', text: 'odd\u001b[2J' });
      return taken(look === 3 ? USERS : 1);
    }, 67);
    const words = (screen: readonly string[] = []) =>
      screen.slice(screen.findIndex((line) => line.startsWith('List')) + 1, -1);
    const wrapped = [text.slice(0, 64), `  ${text.slice(65)}`];
    expect([1, 3].map((at) => words(seen[at]))).toEqual([
      wrapped,
      [...wrapped, expect.stringMatching(/^odd\W?\[2J$/)],
    ]);
    expect(err).toMatch(new RegExp(`^${text}\n  → Wait\\.\nodd\\W?\\[2J\n$`));
  });

  test('is left with Ctrl-C at once, with the last look and the command that repeats it', async () => {
    const during: unknown[] = [];
    const { error, left, err, looks } = await watched((look, { interrupt }, { press, other }) => {
      if (look === 1) return taken(2);
      during.push(other() !== undefined);
      press('SIGINT');
      during.push(other());
      throw interrupt.drain.reason as Error;
    });
    expect([error, err, looks, during]).toEqual([undefined, '', 2, [true, undefined]]);
    expect(left[0]).toMatch(/: 2 of 4 users finished$/);
    expect(left.slice(-2)).toEqual(['Again   okta-reset followup a --watch', '']);
  });

  test('before its first look leaves only the command', async () => {
    const { error, left } = await watched((_look, { interrupt }, { press }) => {
      press('SIGTERM');
      throw interrupt.drain.reason as Error;
    });
    expect([error, left]).toEqual([undefined, ['Again   okta-reset followup a --watch', '']]);
  });

  test('that fails restores the terminal, and says what it had to say', async () => {
    const failure = new Error('no answer');
    const { error, left, err } = await watched((_look, { emit }) => {
      emit({ type: 'message', level: 'warning', text: 'Slow.' });
      throw failure;
    });
    expect([error, left, err]).toEqual([failure, [''], 'Slow.\n']);
  });
});

test.each([
  [4, 0, true],
  [3, 1, true],
  [0, 4, true],
  [3, 0, false],
  [0, 0, false],
])('with %d finished and %d gone of 4 it is over: %s', (finished, gone, over) => {
  expect(isOver(taken(finished, gone).followup)).toBe(over);
});
