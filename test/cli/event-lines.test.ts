import { describe, expect, test } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { openEventLines } from '../../src/cli/screens/event-lines.ts';

/** A reader that takes a text only when it is told to. */
function slowReader() {
  const texts: string[] = [];
  let take: (() => void)[] = [];
  return {
    texts,
    out: (text: string) => {
      texts.push(text);
      return new Promise<void>((resolve) => take.push(resolve));
    },
    take: async () => {
      const taken = take;
      take = [];
      for (const each of taken) each();
      await new Promise((resolve) => void setImmediate(resolve));
    },
  };
}

const calm = new AbortController().signal;

describe('event lines', () => {
  test('are written in order, one text at a time, and those that wait become one text', async () => {
    const reader = slowReader();
    const lines = openEventLines(reader.out, 'okta-reset');
    const heard: number[] = [];
    for (const n of [1, 2, 3]) void lines.publish({ type: 'row', n }).then(() => heard.push(n));
    expect(reader.texts).toEqual(['{"v":1,"type":"row","n":1}\n']);
    await reader.take();
    expect(reader.texts.slice(1)).toEqual([
      '{"v":1,"type":"row","n":2}\n{"v":1,"type":"row","n":3}\n',
    ]);
    const settled = lines.settle();
    await reader.take();
    await settled;
    expect(heard).toEqual([1, 2, 3]);
  });

  test('make their source wait while a thousand of them wait for the reader', async () => {
    const reader = slowReader();
    const lines = openEventLines(reader.out, 'okta-reset');
    let made = 0;
    while (lines.caughtUp(calm) === undefined && made < 5000) {
      void lines.publish({ type: 'row' });
      made += 1;
    }
    expect(made).toBe(1001);
    const caughtUp = lines.caughtUp(calm);
    await reader.take();
    await caughtUp;
    expect(lines.caughtUp(calm)).toBeUndefined();
    await reader.take();
  });

  test('delay nothing after a stop', async () => {
    const reader = slowReader();
    const lines = openEventLines(reader.out, 'okta-reset');
    for (let n = 0; n <= 1000; n += 1) void lines.publish({ type: 'row' });
    const stop = new AbortController();
    const waiting = lines.caughtUp(stop.signal);
    expect(waiting).toBeDefined();
    stop.abort();
    await waiting;
    expect(lines.caughtUp(stop.signal)).toBeUndefined();
  });

  test('that were caught up with wake their sources in order, and leave no listener on their signal', async () => {
    const reader = slowReader();
    const lines = openEventLines(reader.out, 'okta-reset');
    for (let n = 0; n <= 1000; n += 1) void lines.publish({ type: 'row' });
    const stop = new AbortController();
    const woken: number[] = [];
    for (const n of [1, 2, 3]) void lines.caughtUp(stop.signal)?.then(() => woken.push(n));
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(3);
    await reader.take();
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    expect(woken).toEqual([1, 2, 3]);
    await reader.take();
  });

  test('have their advice as it is typed here, and only if it is a text', async () => {
    const written: string[] = [];
    const lines = openEventLines(async (text) => void written.push(text), 'npx okta-reset');
    await lines.publish({ type: 'message', hint: 'okta-reset runs lists them.' });
    await lines.publish({ type: 'message', hint: 7 });
    await lines.publish({ type: 'message' });
    expect(written.map((line) => JSON.parse(line) as unknown)).toEqual([
      { v: 1, type: 'message', hint: 'npx okta-reset runs lists them.' },
      { v: 1, type: 'message', hint: 7 },
      { v: 1, type: 'message' },
    ]);
  });
});
