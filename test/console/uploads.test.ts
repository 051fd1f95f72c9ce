import { existsSync, readdirSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { BOUNDS } from '../../src/console/api/bounds.ts';
import { Uploads } from '../../src/console/state/draft/uploads.ts';
import { EventLog } from '../../src/console/state/event-log.ts';

describe('uploads', () => {
  const uploads: Uploads[] = [];
  afterEach(async () => {
    for (const each of uploads.splice(0)) await each.close();
  });
  const open = () => {
    const log = new EventLog();
    const made = new Uploads(log);
    uploads.push(made);
    return { log, uploads: made };
  };
  const part = (number: number, text: string, last = false) => ({
    part: number,
    base64: Buffer.from(text).toString('base64'),
    last,
  });
  const { signal } = new AbortController();
  const textOf = async (from: Uploads, name: string) => {
    let text = '';
    for await (const bytes of from.open(name, signal)) text += Buffer.from(bytes).toString();
    return text;
  };

  test('arrive in parts, each stored once, and are read only when they are complete', async () => {
    const { uploads: here, log } = open();
    const { id, name } = await here.begin('users.csv', false);
    expect(await here.take(id, part(0, 'login\n'))).toMatchObject({ bytes: 6, complete: false });
    expect(await here.take(id, part(0, 'login\n'))).toMatchObject({ bytes: 6 });
    await expect(here.take(id, part(2, 'x'))).rejects.toThrow('Part 1 is missing.');
    await expect(textOf(here, name)).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' });
    const before = log.last;
    expect(await here.take(id, part(1, 'a@b\n', true))).toMatchObject({
      ...{ name: 'users.csv', bytes: 10, complete: true },
    });
    expect(log.last).toBeGreaterThan(before);
    expect(log.after(before)[0]?.event).toEqual({ type: 'uploads', uploads: here.list() });
    await expect(here.take(id, part(2, 'x'))).rejects.toThrow('This file is complete.');
    expect(await here.take(id, part(1, 'late'))).toMatchObject({ bytes: 10 });
    expect(await textOf(here, name)).toBe('login\na@b\n');
    expect(() => here.info('nobody')).toThrow('There is no such upload.');
  });

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\lists\\June.csv', 'June.csv'],
    ['--yes', 'yes'],
    ['a\u202eb\u0007.csv', 'ab.csv'],
    ['/', 'users.csv'],
    ['', 'users.csv'],
    [`${'x'.repeat(200)}.csv`, 'x'.repeat(120)],
  ])('%j is called %s', async (name, called) => {
    expect((await open().uploads.begin(name, false)).name).toBe(called);
  });

  test('with the same name are numbered, before the extension', async () => {
    const { uploads: here } = open();
    const names: string[] = [];
    for (const name of ['a.csv', 'a.csv', 'a.csv', '.csv', '.csv', 'plain', 'plain'])
      names.push((await here.begin(name, false)).name);
    expect(names).toEqual([
      ...['a.csv', 'a-2.csv', 'a-3.csv', '.csv', '.csv-2', 'plain', 'plain-2'],
    ]);
  });

  test('that are pasted have the header that a list of users has', async () => {
    const { uploads: here } = open();
    const { id, name } = await here.begin('whatever', true);
    await here.take(id, part(0, 'a@b\n', true));
    expect([name, await textOf(here, name)]).toEqual([
      'pasted-users.csv',
      'User id or login\na@b\n',
    ]);
  });

  test('are limited in size and number', async () => {
    const { uploads: here } = open();
    const { id } = await here.begin('large.csv', false);
    const large = (bytes: number) => part(0, 'x'.repeat(bytes));
    await expect(here.take(id, large(BOUNDS.partBytes + 1))).rejects.toThrow('too large');
    expect((await here.take(id, large(BOUNDS.partBytes))).bytes).toBe(BOUNDS.partBytes);
    for (let n = 1; n < BOUNDS.uploads; n += 1) await here.begin('a.csv', false);
    await expect(here.begin('a.csv', false)).rejects.toMatchObject({ code: 'TOO_MANY' });
    expect(here.list()).toHaveLength(BOUNDS.uploads);
  });

  // Only Linux lists there what a process has open: skipped elsewhere, and shown as skipped.
  (existsSync('/proc/self/fd') ? test : test.skip)(
    'that never end are closed with the console',
    async () => {
      const opened = () => readdirSync('/proc/self/fd').length;
      const before = opened();
      const { uploads: here } = open();
      for (const name of ['a.csv', 'b.csv']) await here.begin(name, false);
      expect(opened()).toBe(before + 2);
      await here.close();
      expect(opened()).toBe(before);
    },
  );

  test('that the console makes itself are complete at once', async () => {
    const { uploads: here } = open();
    const kept = await here.keep('rows.csv', ['a\n', 'ü\n']);
    expect(kept).toMatchObject({ name: 'rows.csv', bytes: 5, complete: true });
    expect(await textOf(here, 'rows.csv')).toBe('a\nü\n');
  });
});
