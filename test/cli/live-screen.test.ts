import { expect, test } from '@jest/globals';
import { openLiveScreen } from '../../src/cli/terminal/live-screen.ts';
import { openWriter } from '../../src/cli/terminal/terminal-writer.ts';
import type { Output } from '../../src/domain/host.ts';
import { toned } from '../../src/text/styled.ts';
import { drawnBy } from './drawn.ts';

function terminal(columns: number, rows: number) {
  const size = { columns, rows };
  const resized = new Set<() => void>();
  let text = '';
  const output: Output = {
    isTty: true,
    write: async (piece) => void (text += piece),
    size: () => size,
    onResize: (listener) => {
      resized.add(listener);
      return () => resized.delete(listener);
    },
  };
  const resize = (wide: number, high: number) => {
    Object.assign(size, { columns: wide, rows: high });
    for (const listener of resized) listener();
  };
  const writer = openWriter(output, { colours: true, program: 'okta-reset' });
  return { output, writer, resize, resized, all: () => text, shows: () => drawnBy(text) };
}

test('a new picture replaces the old one, and nothing of the old one is left', async () => {
  const { writer, shows } = terminal(40, 10);
  const live = openLiveScreen(writer);
  await live.draw(() => ({ body: ['one long line', 'two', 'three'], foot: ['foot'] }));
  await live.draw(() => ({ body: ['one', 'two'], foot: ['end'] }));
  expect(shows().other).toEqual(['one', 'two', 'end']);
});

test('the screen is never cleared before it is drawn', async () => {
  const { writer, all } = terminal(40, 10);
  const live = openLiveScreen(writer);
  const begun = all().length;
  await live.draw(() => ({ body: ['a'], foot: ['b'] }));
  expect(JSON.stringify(all().slice(begun))).toBe(
    JSON.stringify('\u001b[Ha\u001b[K\r\nb\u001b[K\u001b[J'),
  );
});

test('follows the size of the terminal: long lines fold, a low terminal cuts the body and keeps the foot', async () => {
  const { writer, resize, shows } = terminal(40, 10);
  const live = openLiveScreen(writer);
  await live.draw((columns) => ({
    body: [`${columns} wide`, toned('bold', 'abcdefghijkl'), 'three'],
    foot: ['foot'],
  }));
  expect(shows().other).toEqual(['40 wide', 'abcdefghijkl', 'three', 'foot']);
  resize(8, 4);
  expect(shows().other).toEqual(['8 wide', 'abcdefgh', 'ijkl', 'foot']);
  resize(40, 1);
  expect(shows().other).toEqual(['foot']);
});

test('once closed, the terminal is as before, and nothing more is drawn', async () => {
  const { output, writer, resize, resized, shows, all } = terminal(40, 10);
  await output.write('$ okta-reset\n');
  const live = openLiveScreen(writer);
  await live.draw(() => ({ body: ['a'], foot: [] }));
  await live.close();
  const closed = all();
  await live.close();
  await live.draw(() => ({ body: ['b'], foot: [] }));
  resize(80, 24);
  expect(all()).toBe(closed);
  expect(resized.size).toBe(0);
  expect(shows()).toEqual({ own: ['$ okta-reset', ''], other: undefined });
});

test('lines are drawn over those before, and the first ones move nothing', async () => {
  const { writer, all } = terminal(40, 10);
  await writer.write('$ okta-reset run\n');
  await writer.redraw(['one', 'two'], 0);
  expect(all()).not.toMatch(/\u001b\[\d*A/);
  await writer.redraw(['three'], 2);
  expect(all()).toContain('\u001b[2A\rthree\u001b[K\n\u001b[J');
  await writer.redraw([], 1);
  expect(all().endsWith('\u001b[1A\r\u001b[J')).toBe(true);
});
