/** A command's session: what it shows and in which order, what a signal says, and what it releases at its end. */
import { describe, expect, test } from '@jest/globals';
import { StopRequest } from '../../src/app/run/interrupt.ts';
import { printing, withSession, type Session, type SessionOptions } from '../../src/cli/session.ts';
import { openTerminal } from '../../src/cli/terminal/terminal.ts';
import type { SignalName } from '../../src/domain/host.ts';
import type { AppEvent } from '../../src/domain/run/event.ts';
import { drawnBy } from './drawn.ts';
import { NO_FLAGS, terminalOn } from './terminal-on.ts';

const ALL = ['in', 'out', 'err'] as const;

interface Around {
  readonly flags?: Partial<typeof NO_FLAGS>;
  readonly ttys?: readonly ('in' | 'out' | 'err')[];
  readonly typed?: string;
  readonly options?: SessionOptions;
}

/** A terminal that takes its time for each text, signals that are sent by hand, and a clock that stands still. */
function around({ flags = {}, ttys = [], typed = '', options = {} }: Around = {}) {
  const { host } = terminalOn({ ttys });
  const listeners = new Set<(signal: SignalName) => void>();
  let written = '';
  let closed = 0;
  const ended: AbortSignal[] = [];
  const output = (name: 'stdout' | 'stderr') => ({
    ...host[name],
    write: async (text: string) => {
      for (let n = 0; n < 3; n += 1) await new Promise((resolve) => void setImmediate(resolve));
      written += text;
    },
  });
  let nowMs = 1_000_000;
  const clock = {
    ...{ nowMs: () => nowMs, monotonicMs: () => nowMs },
    sleep: (_ms: number, signal?: AbortSignal) => {
      if (signal !== undefined) ended.push(signal);
      return new Promise<never>(() => undefined);
    },
  };
  const stdin = Object.assign(
    {
      async *[Symbol.asyncIterator]() {
        if (typed !== '') yield Buffer.from(typed);
      },
    },
    { isTty: ttys.includes('in'), close: () => void (closed += 1) },
  );
  const onSignal = (listener: (signal: SignalName) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const streams = { stdin, stdout: output('stdout'), stderr: output('stderr') };
  const terminal = openTerminal(
    { ...host, ...streams, clock, onSignal },
    { ...NO_FLAGS, ...flags, color: true },
  );
  return {
    terminal,
    listeners,
    ended,
    written: () => written,
    shows: () => drawnBy(written).own.filter((line) => line !== ''),
    closed: () => closed,
    press: (signal: SignalName) => {
      for (const listener of listeners) listener(signal);
    },
    wait: (ms: number) => void (nowMs += ms),
    during: <T>(work: (session: Session) => Promise<T>) => withSession(terminal, work, options),
  };
}

const reading = (done: number) => ({ type: 'reading', what: 'lookup', done }) as AppEvent;
const told = (text: string, level: 'info' | 'warning' | 'error' = 'warning') =>
  ({ type: 'message', level, text }) as AppEvent;
const started: AppEvent = {
  ...{ type: 'run-started', runId: 'r', dir: 'd', total: 7, resumedFrom: 0 },
  earlier: { succeeded: 0, skipped: 0, failed: 0, unknown: 0 },
  ...{ limitPerWindow: 600, windowMs: 60_000, callsPerRow: 1 },
};

describe('what a session shows', () => {
  test('is complete before its end', async () => {
    const { during, written } = around();
    await during(async ({ context }) => context.emit(told('One.')));
    expect(written()).toBe('Warning: One.\n');
    const events = around({ flags: { json: true } });
    await events.during(async ({ context }) => context.emit(told('One.')));
    expect(events.written()).toBe('{"v":1,"type":"message","level":"warning","text":"One."}\n');
  });

  test.each([false, true])('comes before a screen that follows (--json: %s)', async (json) => {
    const { during, written, terminal } = around({ flags: { json } });
    await during(async (session) => {
      session.context.emit(told('One.'));
      session.context.emit(told('Two.'));
      await session.settle();
      await terminal.out('Screen.\n');
    });
    expect(written()).toMatch(/One\.[^]*Two\.[^]*\nScreen\.\n$/);
  });

  test('is warnings only with -q, and messages of every level without', async () => {
    const said = async (flags: Partial<typeof NO_FLAGS>) => {
      const { during, written } = around({ flags });
      await during(async ({ sources, context }) => {
        sources.note('A note.');
        context.emit(told('An error.', 'error'));
        sources.warn('A warning.', 'Do that.');
      });
      return written();
    };
    const loud = 'Error: An error.\nWarning: A warning.\n  → Do that.\n';
    expect(await said({ quiet: true })).toBe(loud);
    expect(await said({})).toBe(`A note.\n${loud}`);
  });

  test('is an event only with --json', async () => {
    const published = async (json: boolean) => {
      const { during, written } = around({ flags: { json } });
      await during((session) => session.publish({ type: 'key' }));
      return written();
    };
    expect(await published(true)).toBe('{"v":1,"type":"key"}\n');
    expect(await published(false)).toBe('');
  });
});

describe('the progress of a session', () => {
  test('is gone before a message, a screen and the end', async () => {
    const { during, shows, terminal, wait } = around({ ttys: ALL });
    await during(async (session) => {
      session.context.emit(reading(1));
      session.context.emit(told('One.'));
      wait(200);
      session.context.emit(reading(2));
      await session.settle();
      await terminal.out('Screen.\n');
      wait(200);
      session.context.emit(reading(3));
    });
    expect(shows()).toEqual(['Warning: One.', 'Screen.']);
  });

  test('waits while somebody is asked, and continues afterwards, also after a refusal', async () => {
    const { during, shows, terminal, wait } = around({ ttys: ALL });
    const before = ['Warning: One.', 'Warning: Two.', 'Sure? no'];
    await during(async (session) => {
      const { emit } = session.context;
      emit(started);
      emit(told('One.'));
      emit(told('Two.'));
      const asked = session.undisturbed(async () => {
        await terminal.err('Sure? ');
        wait(1000);
        emit({ type: 'settling', rows: 1, untilMs: 0 });
        await terminal.err('no\n');
        expect(shows()).toEqual(before);
        throw new Error('refused');
      });
      await expect(asked).rejects.toThrow('refused');
      await terminal.err('');
      expect(shows().slice(0, 4)).toEqual([...before, expect.stringMatching(/ 0 of 7$/)]);
    });
    expect(shows()).toEqual(before);
  });

  test('ends with the session', async () => {
    const { during, ended } = around({ ttys: ALL });
    await during(async ({ context }) => {
      context.emit(started);
      expect(ended.map(({ aborted }) => aborted)).toEqual([false]);
    });
    expect(ended.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('a question about sheets', () => {
  const ask = async (session: Session) => session.context.askSheet?.('u.xlsx', ['A', 'B']);

  test('is apart from the messages before it, and only from those', async () => {
    const { during, written, closed } = around({ ttys: ALL, typed: 'B\nA\n' });
    const sheets = await during(async (session) => {
      session.context.emit(told('One.'));
      return [await ask(session), await ask(session)];
    });
    const asked = (sheet: string) =>
      `u.xlsx has 2 sheets[^]*its number or name: To skip .*--sheet ${sheet}\n`;
    const words = written().replace(/\u001b\[[\d;]*[a-zA-Z]/g, '');
    expect(words).toMatch(new RegExp(`^Warning: One\\.\n\n${asked('B')}${asked('A')}$`));
    expect([sheets, closed()]).toEqual([['B', 'A'], 1]);
  });

  test('is the one that the command has, or none if there is nobody to ask', async () => {
    const names: string[] = [];
    const options = { askSheet: async (path: string) => void names.push(path) };
    const own = around({ options });
    await own.during(ask);
    expect([names, own.closed()]).toEqual([['u.xlsx'], 0]);
    const nobody = around({ ttys: ['out', 'err'] });
    await nobody.during(async ({ context }) => expect(context.askSheet).toBeUndefined());
    expect(nobody.closed()).toBe(0);
  });
});

describe('a signal', () => {
  const said = async (signals: readonly SignalName[], options: SessionOptions = {}) => {
    const { during, press, wait, written, listeners } = around({ options });
    const states = await during(async ({ context }) => {
      for (const signal of signals) {
        press(signal);
        wait(1000);
      }
      return [context.interrupt.drain.aborted, context.interrupt.leave.aborted];
    });
    expect(listeners.size).toBe(0);
    return [written(), ...states];
  };
  const first =
    '\nSIGINT: no new calls; waiting for those under way.\n  → Press Ctrl-C again to leave at once.\n';
  const second = '\nSIGTERM again: leaving now. What was done is recorded.\n';

  test.each<[readonly SignalName[], SessionOptions, string, boolean, boolean]>([
    [['SIGINT'], {}, first, true, false],
    [['SIGINT', 'SIGTERM'], {}, first + second, true, true],
    [['SIGINT'], { silentStop: true }, '', true, false],
    [['SIGINT', 'SIGTERM'], { silentStop: true }, second, true, true],
    [['SIGPIPE'], {}, '', true, false],
  ])('%j (%j) is told and counts', async (signals, options, text, drains, leaves) => {
    expect(await said(signals, options)).toEqual([text, drains, leaves]);
  });
});

test('calls that wait for their window when the session ends are rejected', async () => {
  const { during } = around();
  const never = new AbortController().signal;
  const org = { origin: 'https://acme.okta.com' };
  const one = { ratePercent: 90, perMinute: undefined, perHour: undefined, concurrency: 1 };
  const waiting = await during(async ({ context }) => {
    const { pacing } = context.pacings.turn(org, one, () => undefined);
    await pacing.enter('users', never);
    return { call: pacing.enter('users', never).then(() => 'sent', String) };
  });
  expect(await waiting.call).toContain('The pacing is closed.');
});

test('a command that only prints ends well if its reader goes away, and in no other failure', async () => {
  const { terminal } = around();
  const ended = (error: Error) =>
    printing(terminal, () => Promise.reject(error)).catch((thrown: unknown) => thrown);
  expect(await ended(new StopRequest('SIGPIPE'))).toBe(0);
  for (const error of [new StopRequest('SIGINT'), new Error('odd')])
    expect(await ended(error)).toBe(error);
});
