/** What a run writes besides its results: run.log, and the waits that its report shows. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openRunLog } from '../../src/app/logger.ts';
import { pauseNotes } from '../../src/app/org/pause-notes.ts';
import { redactorOf } from '../../src/app/redaction.ts';
import type { Credentials } from '../../src/config/credentials.ts';
import type { AppEvent } from '../../src/domain/run/event.ts';
import type { JournalRecord, JournalWriter } from '../../src/domain/run/journal-record.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { around, newFolder, NOW_MS } from './run-folders.ts';

let root: string;
beforeAll(async () => (root = await newFolder()));
afterAll(() => rm(root, { recursive: true, force: true }));

describe('the waits of a run', () => {
  const pause = (waitMs: number): AppEvent => ({
    ...{ type: 'pause', bucket: '/api/v1/users', waitMs, cause: 'window' },
  });

  test('are noted from half a second on, once the run is open, and passed on', () => {
    const { context, events } = around(root);
    const notes = pauseNotes(context.host.clock);
    const emit = notes.listen(context.emit);
    const written: JournalRecord[] = [];
    const journal: Pick<JournalWriter, 'append'> = {
      append: (record) => {
        written.push(record);
        return Promise.reject(new Error('full'));
      },
    };
    emit(pause(900));
    notes.keepIn(journal);
    const all = [pause(499), pause(500), { type: 'message', level: 'info', text: 'x' } as const];
    for (const event of all) emit(event);
    expect(events).toEqual([pause(900), ...all]);
    expect(written).toEqual([
      {
        ...{ kind: 'note', at: new Date(NOW_MS).toISOString() },
        note: { kind: 'pause', bucket: '/api/v1/users', waitMs: 500, cause: 'window' },
      },
    ]);
  });
});

describe('the log of a run', () => {
  const log = async (name: string, verbose: boolean) => {
    const { context, events } = around(root);
    const path = join(root, name);
    const redact = (text: string) => text.replaceAll('secret', '…');
    const opened = openRunLog(path, { verbose, redact, emit: context.emit });
    opened.info({ a: 'secret' }, 'one');
    opened.debug({ b: 1 }, 'two');
    await opened.close();
    const text = await readFile(path, 'utf8').catch(() => '');
    return { events, text, lines: text.split('\n').filter((line) => line !== '') };
  };

  test.each([
    [false, ['one']],
    [true, ['one', 'two']],
  ])(
    'has each line, redacted, with its time; details only if wanted: %j',
    async (verbose, said) => {
      const { lines, events, text } = await log(`log-${verbose}`, verbose);
      const parsed = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      expect(parsed.map(({ msg }) => msg)).toEqual(said);
      expect(parsed[0]).toMatchObject({ a: '…', time: expect.stringMatching(/^\d{4}-.*Z$/) });
      expect(parsed[0]).not.toHaveProperty('pid');
      expect([events, text.includes('secret')]).toEqual([[], false]);
    },
  );

  test('that cannot be written is one warning', async () => {
    const { events } = await log('missing/folder', true);
    expect(events).toEqual([
      {
        ...{ type: 'message', level: 'warning' },
        text: expect.stringMatching(/cannot be written \(ENOENT\)\. The run does not need it/),
      },
    ]);
  });
});

test('a line loses the token that a command brought before the first line', () => {
  const token = 'first-token-of-the-command-123456';
  const tokens = { known: () => [new Secret(token)] };
  const redact = redactorOf({ kind: 'command', tokens } as unknown as Credentials);
  expect(redact(`x ${token} y`)).not.toContain(token);
});
