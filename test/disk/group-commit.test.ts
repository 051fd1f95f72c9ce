/** Lines that wait for the disk together, and what becomes of them if it fails. */
import { expect, test } from '@jest/globals';
import { groupCommit } from '../../src/disk/append/group-commit.ts';
import type { AppendFile } from '../../src/domain/append-file.ts';

type Step = 'write' | 'sync' | 'close';

/** A file that notes each step, and fails in those of `failing`. `onStep` is called in each of them. */
function noted(
  failing: ReadonlySet<Step> = new Set(),
  onStep: (name: Step) => void = () => undefined,
) {
  const steps: string[] = [];
  const step = (name: Step, detail = '') => {
    steps.push(`${name} ${detail}`.trim());
    onStep(name);
    if (failing.has(name)) throw Object.assign(new Error(name), { code: 'ENOSPC' });
  };
  const file: AppendFile = {
    size: 0,
    readAt: async () => Buffer.alloc(0),
    write: async (bytes) => {
      step('write', Buffer.from(bytes).toString());
      return bytes.length;
    },
    sync: async () => step('sync'),
    truncate: async () => undefined,
    close: async () => step('close'),
  };
  const durable: number[] = [];
  return { steps, durable, lines: groupCommit(file, '/r/log', (count) => durable.push(count)) };
}

test('lines of one moment share a write and a sync, and are told of before those who wait go on', async () => {
  const { steps, durable, lines } = noted();
  const both = ['a', 'b'].map((line) =>
    lines.append(line).then(() => {
      steps.push(`${line} is told, ${durable.length}`);
    }),
  );
  await Promise.all(both);
  await lines.append('c');
  await lines.close();
  expect(steps).toEqual([
    ...['write ab', 'sync', 'a is told, 1', 'b is told, 1', 'write c', 'sync', 'close'],
  ]);
  expect(durable).toEqual([2, 1]);
});

test('what was appended is written before the file is closed, and nothing after that', async () => {
  const { steps, lines } = noted();
  const last = lines.append('last');
  await lines.close();
  await last;
  await lines.close();
  await expect(lines.append('late')).rejects.toMatchObject({
    code: 'INTERNAL',
    message: '/r/log was written after it was closed.',
  });
  expect(steps).toEqual(['write last', 'sync', 'close']);
});

test.each<Step>(['write', 'sync'])(
  'after a failed %s nothing more is written, and everybody who waits is told why',
  async (failing) => {
    const { steps, durable, lines } = noted(new Set([failing, 'close']));
    const told = { code: 'DISK', message: 'Cannot write /r/log (ENOSPC).' };
    const first = lines.append('a');
    const second = first.catch(() => lines.append('b'));
    await expect(first).rejects.toMatchObject(told);
    await expect(second).rejects.toMatchObject(told);
    await expect(lines.close()).rejects.toMatchObject(told);
    expect(steps.filter((step) => step.startsWith('write'))).toEqual(['write a']);
    expect([steps.at(-1), durable]).toEqual(['close', []]);
  },
);

const turn = () => new Promise((resolve) => void setImmediate(resolve));

test('lines that wait while a write fails are told too, and are not written', async () => {
  const told: string[] = [];
  const { steps, lines } = noted(new Set(['write']), (name) => {
    if (name !== 'write') return;
    for (const line of ['b', 'c'])
      void lines.append(line).catch((error: unknown) => told.push(`${line}: ${String(error)}`));
  });
  await expect(lines.append('a')).rejects.toMatchObject({ code: 'DISK' });
  await expect(lines.close()).rejects.toMatchObject({ code: 'DISK' });
  await turn();
  expect(told).toEqual([
    expect.stringMatching(/^b: .*Cannot write \/r\/log \(ENOSPC\)\.$/),
    expect.stringMatching(/^c: .*Cannot write \/r\/log \(ENOSPC\)\.$/),
  ]);
  expect(steps).toEqual(['write a', 'close']);
});

test('a line is written at once too if nothing was for a while', async () => {
  const { steps, lines } = noted();
  for (const line of ['a', 'b']) {
    void lines.append(line);
    for (let turns = 0; turns < 5; turns += 1) await turn();
  }
  expect(steps).toEqual(['write a', 'sync', 'write b', 'sync']);
  await lines.close();
});

test('a file that cannot be closed is an error of its own', async () => {
  const { lines } = noted(new Set(['close']));
  await lines.append('a');
  await expect(lines.close()).rejects.toMatchObject({
    code: 'DISK',
    message: 'Cannot close /r/log (ENOSPC).',
  });
});

test('a line that nobody waits for and that fails does not end the process', async () => {
  const unheard: unknown[] = [];
  const note = (reason: unknown) => unheard.push(reason);
  process.on('unhandledRejection', note);
  try {
    const { lines } = noted(new Set(['write']));
    void lines.append('a');
    await expect(lines.close()).rejects.toMatchObject({ code: 'DISK' });
    // Node looks for them after each turn.
    for (let turn = 0; turn < 3; turn += 1)
      await new Promise((resolve) => void setImmediate(resolve));
    expect(unheard).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});
