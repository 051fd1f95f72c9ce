/** Where a run stores its secrets, to whom it encrypts them, and what its journal says about that. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { recipientsFor } from '../../src/app/secrets/recipients-for.ts';
import {
  checkRecipients,
  openSecretSink,
  protectionOf,
  recipientsToKeep,
} from '../../src/app/secrets/secret-sink.ts';
import { kindAt } from '../../src/disk/look.ts';
import { keygen } from '../../src/secrets/identity.ts';
import { opened } from '../journal/sample.ts';
import { runFile } from '../report/sample.ts';
import { openBelow } from './open-files.ts';
import { around, makeRun, newFolder } from './run-folders.ts';

const root = await newFolder();
afterAll(() => rm(root, { recursive: true }));
const createdAt = '2026-11-22T03:15:02.000Z';
const one = await keygen({ out: join(root, 'one.txt'), createdAt });
const two = await keygen({ out: join(root, 'two.txt'), createdAt });

describe('the recipients of a new run', () => {
  const { context } = around(root);
  const temp = { ...runFile().spec, action: 'temp-password' as const };
  const flags = (recipients: readonly string[] = [], plaintext = false) => ({
    ...{ recipients, plaintext },
  });
  const earlier = async (name: string, run: object, records?: readonly object[]) => {
    const dir = join(root, name);
    await makeRun(dir, { run: { runId: name, ...run }, records: records as never });
    return dir;
  };

  test('are those of the flags, else the latest ones of the run whose rows it takes', async () => {
    const planned = await earlier('planned', { recipients: [one] });
    const begun = opened({ runId: 'begun', recipients: [two] });
    const changed = await earlier('begun', { recipients: [one] }, [begun]);
    const none = await earlier('none', {});
    const of = (dir: string | undefined, given = flags()) =>
      recipientsFor(temp, given, dir, context);
    expect([await of(planned), await of(changed), await of(none)]).toEqual([[one], [two], []]);
    expect(await of(planned, flags([two]))).toEqual([two]);
    // Without encryption, if somebody says so.
    expect(await of(planned, flags([], true))).toEqual([]);
    expect([await of(undefined), await of(undefined, flags([one]))]).toEqual([[], [one]]);
    await expect(of(join(root, 'gone'))).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect(openBelow(root)).toEqual([]);
  });

  test('are none if there will be no secrets', async () => {
    const { spec } = runFile();
    expect(await recipientsFor(spec, flags([one]), join(root, 'gone'), context)).toEqual([]);
    const links = { ...spec, sendEmail: false };
    expect(await recipientsFor(links, flags([one]), undefined, context)).toEqual([one]);
  });
});

describe('a place for secrets', () => {
  test('is none, plain, or encrypted to all that are named', async () => {
    expect(await protectionOf({ kind: 'none' })).toBeUndefined();
    expect(await protectionOf({ kind: 'plaintext' })).toEqual({ kind: 'plaintext' });
    expect(await protectionOf({ kind: 'sealed', recipients: [one, two] })).toEqual({
      ...{ kind: 'sealed', recipients: [one, two] },
    });
    expect(await protectionOf({ kind: 'sealed', recipients: [] })).toBeUndefined();
    for (const bad of [['age1nonsense'], [one, 'x']]) {
      await expect(protectionOf({ kind: 'sealed', recipients: bad })).rejects.toMatchObject({
        code: 'USAGE',
      });
      await expect(checkRecipients(bad)).rejects.toMatchObject({ code: 'USAGE' });
    }
    await checkRecipients([one, two]);
  });

  test('is recorded if it is not the one that the run has', () => {
    const sealed = (...recipients: readonly string[]) => ({ kind: 'sealed', recipients }) as const;
    expect(recipientsToKeep(sealed(one), [one])).toBeUndefined();
    expect(recipientsToKeep(sealed(` ${one}\n`), [one])).toBeUndefined();
    expect(recipientsToKeep(sealed(one, two), [one])).toEqual({ recipients: [one, two] });
    expect(recipientsToKeep(sealed(` ${two}`), [])).toEqual({ recipients: [two] });
    expect(recipientsToKeep({ kind: 'none' }, [one])).toBeUndefined();
    expect(recipientsToKeep({ kind: 'plaintext' }, [])).toBeUndefined();
  });

  test('is a file only for an action that brings secrets', async () => {
    const path = join(root, 'secrets.jsonl');
    expect(await openSecretSink(undefined, { path, runId: 'x' })).toBeUndefined();
    expect(await kindAt(path)).toBeUndefined();
    const sink = await openSecretSink({ kind: 'plaintext' }, { path, runId: 'x' });
    await sink?.close();
    expect(await kindAt(path)).toBe('file');
  });
});
