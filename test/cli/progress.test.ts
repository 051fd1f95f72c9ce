/** What is shown while a run is at work: on a terminal that is redrawn, and as lines elsewhere. */
import { describe, expect, test } from '@jest/globals';
import { Progress } from '../../src/cli/screens/progress/run-progress.ts';
import { RunScreen } from '../../src/cli/screens/progress/run-screen.ts';
import { makeStyle } from '../../src/cli/terminal/style.ts';
import type { Terminal } from '../../src/cli/terminal/terminal.ts';
import type { AppEvent } from '../../src/domain/run/event.ts';
import type { Text } from '../../src/text/styled.ts';
import { marked } from './marked.ts';

type Started = Extract<AppEvent, { type: 'run-started' }>;
type RowEnded = Extract<AppEvent, { type: 'row' }>;

const style = makeStyle(true);
const started = (more: Partial<Started> = {}): Started => ({
  ...{ type: 'run-started', runId: 'r', dir: 'd', total: 1000, resumedFrom: 0 },
  earlier: { succeeded: 0, skipped: 0, failed: 0, unknown: 0 },
  ...{ limitPerWindow: 600, windowMs: 60_000, callsPerRow: 1 },
  ...more,
});
const ended = (outcome: RowEnded['outcome'], more: Partial<RowEnded> = {}): RowEnded => ({
  ...{ type: 'row', row: 1, userId: undefined, login: undefined, outcome, reason: undefined },
  ...{ status: undefined, oktaCode: undefined, requestId: undefined, message: undefined },
  ...more,
});

describe('a run in progress', () => {
  const lines = (screen: RunScreen, nowMs: number, columns = 101) =>
    screen.lines(nowMs, columns, style).map(marked);

  test('has a bar, counts, and the codes that most rows failed with', () => {
    const screen = new RunScreen(started(), 0);
    for (let n = 0; n < 250; n += 1) screen.end(ended('succeeded'));
    const failed = (code: string, times: number, more: Partial<RowEnded> = {}) => {
      for (let n = 0; n < times; n += 1)
        screen.end(ended('failed', { oktaCode: code, message: 'Not found', ...more }));
    };
    failed('E0000047', 1);
    failed('E0000007', 3);
    failed('E0000006', 2, { message: undefined, reason: 'denied' });
    failed('E0000001', 1, { message: 'later' });
    screen.end(ended('skipped', { reason: 'status:SUSPENDED' }));
    screen.end(ended('unknown', { reason: 'UND_ERR_SOCKET' }));
    screen.end(ended('failed', { status: 500 }));
    expect(lines(screen, 0)).toEqual([
      `${'█'.repeat(10)}${'░'.repeat(30)} 260 of 1,000`,
      '250 done · 8 failed · 1 unknown · 1 skipped',
      'red(3 × E0000007 Not found)',
      'red(2 × E0000006 denied)',
      'red(1 × E0000047 Not found)',
    ]);
  });

  test.each<[Partial<RowEnded>, string]>([
    [{ oktaCode: 'E1', reason: 'r', status: 404, message: 'm' }, 'E1 m'],
    [{ reason: 'UND_ERR_SOCKET', status: 502 }, 'UND_ERR_SOCKET'],
    [{ status: 502, message: 'Bad gateway' }, '502 Bad gateway'],
    [{ status: 502 }, '502'],
    [{ message: 'a\u001b[2Jb' }, 'a[2Jb'],
  ])('names a failure %j as %s', (more, text) => {
    const screen = new RunScreen(started(), 0);
    screen.end(ended('unknown', more));
    expect(lines(screen, 0)[2]?.replace(/[^\x20-\x7e×]/g, '')).toBe(`red(1 × ${text})`);
  });

  test('says what it waits for, in whole seconds, and until when rows are settled', () => {
    const screen = new RunScreen(started(), 0);
    screen.figures.pause('window', 35_200, 0);
    expect(lines(screen, 0)[2]).toBe('yellow(window spent, waiting for the next (36 s))');
    expect(lines(screen, 35_200)).toHaveLength(2);
    const untilMs = new Date(2026, 10, 22, 3, 15, 2).getTime();
    screen.figures.settle(2, untilMs);
    expect(lines(screen, 35_200)[2]).toBe(
      'waiting until 03:15:02 to see whether 2 calls took effect',
    );
    screen.stop(1);
    expect(lines(screen, 0).slice(2)).toEqual([
      'yellow(Stopping: 1 call under way. Ctrl-C again leaves at once.)',
    ]);
  });

  test('says how fast it is and how long it takes once a window has passed', () => {
    const screen = new RunScreen(started(), 0);
    for (let n = 0; n < 500; n += 1) screen.end(ended('succeeded'));
    screen.figures.mark(60_000);
    const [first = '', second] = lines(screen, 60_000);
    expect(first).toMatch(/^█{20}░{20} 500 of 1,000 · about .* left$/);
    expect(second).toBe('500 done · 0 failed · 0 unknown · 500 calls a minute (limit 600)');
    const line = screen.line(60_000);
    expect(line).toMatch(
      /^500 of 1,000: 500 done, 0 failed, 0 unknown, 500 calls a minute \(limit 600\), about .* left\n$/,
    );
    const unlimited = new RunScreen(started({ limitPerWindow: undefined }), 0);
    for (let n = 0; n < 500; n += 1) unlimited.end(ended('succeeded'));
    unlimited.figures.mark(60_000);
    expect(unlimited.line(60_000)).toContain('500 calls a minute');
    expect(unlimited.line(60_000)).not.toContain('limit');
  });

  test('of nobody is done', () => {
    const [first] = lines(new RunScreen(started({ total: 0 }), 0), 0);
    expect(first).toBe(`${'░'.repeat(40)} 0 of 0`);
  });

  test.each([
    [101, 40],
    [60, 40],
    [50, 36],
    [30, 27],
    [10, 27],
  ])('fits a terminal of %d columns with a bar of %d', (columns, cells) => {
    const [first = ''] = lines(new RunScreen(started(), 0), 0, columns);
    expect(first).toBe(`${'░'.repeat(cells)} 0 of 1,000`);
    const screen = new RunScreen(started(), 0);
    screen.end(ended('failed', { oktaCode: 'E1', message: 'x'.repeat(300) }));
    expect(lines(screen, 0, columns)[2]).toHaveLength(Math.max(40, columns - 1) + 'red()'.length);
  });
});

/** A terminal whose clock is moved by hand, and what is written to it. */
function shown(more: Partial<Terminal> = {}) {
  let nowMs = 1000;
  const written: string[] = [];
  const sleeps: (() => void)[] = [];
  const clock = {
    ...{ nowMs: () => nowMs, monotonicMs: () => nowMs },
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const end = () => reject(new Error('ended'));
        signal?.addEventListener('abort', end);
        sleeps.push(() => {
          signal?.removeEventListener('abort', end);
          resolve();
        });
      }),
  };
  const terminal = {
    ...{ animated: true, quiet: false, json: false, style },
    host: { clock, stderr: { size: () => ({ columns: 80, rows: 24 }) } },
    err: (text: Text) => Promise.resolve(void written.push(marked(text))),
    errWriter: {
      redraw: (lines: readonly Text[], over: number) =>
        Promise.resolve(void written.push(`${over}: ${lines.map(marked).join(' | ')}`)),
    },
    ...more,
  } as unknown as Terminal;
  const progress = new Progress(terminal);
  const soon = () => new Promise((resolve) => void setImmediate(resolve));
  return {
    progress,
    /** What was written since the last look. */
    news: async () => {
      await soon();
      return written.splice(0);
    },
    pass: async (ms: number) => {
      nowMs += ms;
      for (const wake of sleeps.splice(0)) wake();
      await soon();
    },
    wait: (ms: number) => (nowMs += ms),
  };
}

const reading = (done: number) => ({ type: 'reading', what: 'lookup', done }) as AppEvent;
const pause = (waitMs: number) => ({ type: 'pause', cause: 'window', waitMs }) as AppEvent;

describe('before the run', () => {
  test.each([
    ['selection', 'Rows read'],
    ['lookup', 'Users looked up'],
    ['export', 'Users exported'],
    ['admins', 'Admins read'],
    ['results', 'Result rows read'],
  ])('what is read is counted: %s', async (what, text) => {
    const { progress, news } = shown();
    progress.event({ type: 'reading', what, done: 1500 } as AppEvent);
    expect(await news()).toEqual([`0: dim(${text}: 1,500)`]);
  });

  test('counts are drawn over, five times a second at most, and are gone in the end', async () => {
    const { progress, news, wait } = shown();
    progress.event(reading(1));
    progress.event(reading(2));
    wait(199);
    progress.event(reading(3));
    wait(1);
    progress.event(reading(4));
    expect(await news()).toEqual(['0: dim(Users looked up: 1)', '1: dim(Users looked up: 4)']);
    await progress.clear();
    await progress.clear();
    expect(await news()).toEqual(['1: ']);
  });

  test('a wait is said in the same place', async () => {
    const { progress, news } = shown();
    progress.event(pause(5000));
    expect(await news()).toEqual(['0: dim(Waiting 5 s: window spent, waiting for the next)']);
  });

  test('elsewhere a wait is a line, at most every five seconds', async () => {
    const { progress, news, wait } = shown({ animated: false });
    progress.event(reading(1));
    progress.event(pause(5000));
    progress.event(pause(5001));
    wait(4999);
    progress.event(pause(5002));
    wait(1);
    progress.event(pause(7000));
    const why = 'window spent, waiting for the next';
    expect(await news()).toEqual([`Waiting 5 s: ${why}\n`, `Waiting 7 s: ${why}\n`]);
  });

  test.each([{ quiet: true }, { quiet: true, animated: false }, { json: true, animated: false }])(
    'with %j nothing is shown',
    async (more) => {
      const { progress, news, wait } = shown(more);
      progress.event(reading(1));
      progress.event(pause(5000));
      progress.event(started());
      wait(9000);
      progress.event(ended('succeeded'));
      progress.end();
      expect(await news()).toEqual([]);
    },
  );
});

describe('during the run', () => {
  const head = (texts: readonly string[]) => texts.map((text) => text.replace(/[█░]+ /g, ''));
  const at = (done: number, over: number) =>
    `${over}: ${done} of 1,000 | ${done} done · 0 failed · 0 unknown`;

  test('it is drawn at once, then with rows five times a second, and each second without', async () => {
    const { progress, news, wait, pass } = shown();
    progress.event(started());
    expect(head(await news())).toEqual([at(0, 0)]);
    progress.event(ended('succeeded'));
    wait(199);
    progress.event(ended('succeeded'));
    expect(await news()).toEqual([]);
    wait(1);
    progress.event(ended('succeeded'));
    expect(head(await news())).toEqual([at(3, 2)]);
    await pass(1000);
    expect(head(await news())).toEqual([at(3, 2)]);
    progress.event({ type: 'run-ended' } as AppEvent);
    await pass(1000);
    expect(await news()).toEqual([]);
  });

  test('its speed is that of the last window', async () => {
    const { progress, news, pass } = shown();
    progress.event(started());
    for (let second = 0; second < 180; second += 1) {
      if (second < 60 || second % 10 === 0) progress.event(ended('succeeded'));
      await pass(1000);
    }
    progress.end();
    expect((await news()).at(-1)).toMatch(/\b[67] calls a minute \(limit 600\)/);
  });

  test('waits, rows in doubt and a stop are shown at once', async () => {
    const { progress, news } = shown();
    progress.event(started());
    await news();
    progress.event(pause(5000));
    expect((await news())[0]).toContain('window spent');
    progress.event({ type: 'settling', rows: 1, untilMs: 0 });
    expect((await news())[0]).toContain('took effect');
    progress.event({ type: 'stopping', inFlight: 2 } as AppEvent);
    expect((await news())[0]).toContain('Stopping: 2 calls under way');
    progress.event({ type: 'message' } as AppEvent);
    progress.event({ type: 'canary' } as AppEvent);
    expect(await news()).toEqual([]);
    progress.end();
  });

  test('nothing is drawn while somebody is asked; afterwards it is drawn again', async () => {
    const { progress, news, wait } = shown();
    progress.event(started());
    await news();
    await progress.hold(true);
    expect(await news()).toEqual(['2: ']);
    wait(5000);
    progress.event(ended('succeeded'));
    expect(await news()).toEqual([]);
    await progress.hold(false);
    expect(head(await news())).toEqual([at(1, 0)]);
    progress.end();
  });

  test('elsewhere it is a line every five seconds, and for a stop', async () => {
    const { progress, news, wait } = shown({ animated: false });
    progress.event(started());
    progress.event(pause(5000));
    expect(await news()).toEqual([]);
    wait(3999);
    progress.event(ended('succeeded'));
    expect(await news()).toEqual([]);
    wait(1);
    progress.event(ended('succeeded'));
    const line = (done: number, more = '') =>
      `${done} of 1,000: ${done} done, 0 failed, 0 unknown${more}\n`;
    expect(await news()).toEqual([line(2, ', window spent, waiting for the next')]);
    wait(4000);
    progress.event({ type: 'stopping', inFlight: 2 } as AppEvent);
    expect(await news()).toEqual([line(2)]);
    progress.end();
  });
});
