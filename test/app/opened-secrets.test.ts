/** Temporary passwords and links of a run: which are opened, for whom, and why the others are not. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readHandOuts } from '../../src/app/secrets/hand-outs.ts';
import { openOneSecret } from '../../src/app/secrets/open-one.ts';
import { openSecrets, recipientsOfIdentity } from '../../src/app/secrets/open-secrets.ts';
import { openLines } from '../../src/disk/append/append-file.ts';
import type { Output } from '../../src/domain/host.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import { keygen, type Recipient } from '../../src/secrets/identity.ts';
import { openSealedFile, type Protection } from '../../src/secrets/sealed-file.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { onFileCalls } from '../disk/file-calls.ts';
import { opened } from '../journal/sample.ts';
import { planned, runFile } from '../report/sample.ts';
import { openBelow } from './open-files.ts';
import { acted, around, begunAs, makeRun, newFolder } from './run-folders.ts';

const AT = '2026-11-22T03:15:02.000Z';
const TEMP: Partial<RunFile> = { spec: { ...runFile().spec, action: 'temp-password' } };
const step = 'temp-password' as const;

let root: string;
let key: { readonly path: string; readonly recipient: string };
let other: typeof key;
let folders = 0;
beforeAll(async () => {
  root = await newFolder();
  const made = async (name: string) => {
    const path = join(root, name);
    return { path, recipient: await keygen({ out: path, createdAt: AT }) };
  };
  [key, other] = [await made('key.txt'), await made('other.txt')];
});
afterAll(() => rm(root, { recursive: true, force: true }));

type Line = Readonly<Record<string, unknown>>;
interface Stored {
  readonly secrets?: readonly (string | undefined)[];
  readonly isSealed?: boolean;
  /** Rows that are sealed to the other key. */
  readonly others?: readonly number[];
  /** Whether the journal says of a row that it brought a secret, and which; runs of 0.1.0 did not. */
  readonly isMentioned?: boolean;
  /** The rows ended in the opposite order. */
  readonly isReversed?: boolean;
  /** To whom the first invocation sealed, if its record says so. */
  readonly recipients?: readonly string[];
  readonly run?: Partial<RunFile>;
  readonly edit?: (lines: readonly Line[]) => readonly Line[];
}

/** A run that has brought these secrets, row by row; undefined for a row that succeeded without one. */
async function stored({
  secrets = ['one', 'two'],
  isSealed = true,
  others = [],
  isMentioned = true,
  isReversed = false,
  recipients,
  run,
  edit,
}: Stored = {}) {
  folders += 1;
  const dir = join(root, `run${folders}`);
  const rows = secrets.map((_, at) => planned(at + 1));
  const made = { ...TEMP, runId: 'kept', format: 2 as const, ...run };
  await mkdir(dir, { mode: 0o700 });
  const protectionOf = (row: number): Protection => {
    if (!isSealed) return { kind: 'plaintext' };
    const { recipient } = others.includes(row) ? other : key;
    return { kind: 'sealed', recipients: [recipient as Recipient] };
  };
  const path = join(dir, 'secrets.jsonl');
  const kept: (string | undefined)[] = [];
  for (const [at, text] of secrets.entries()) {
    const protection = protectionOf(at + 1);
    const file = await openSealedFile({ path, runId: 'kept', protection, openLines });
    kept.push(
      text === undefined
        ? undefined
        : await file.put({
            ...{ row: at + 1, userId: planned(at + 1).userId ?? '', login: `u${at + 1}` },
            ...{ what: step, at: AT, attempt: 1, secret: new Secret(text) },
          }),
    );
    await file.close();
  }
  const outcomes = kept.map((secret, at) => {
    const told = secret === undefined || !isMentioned ? {} : { secret };
    return acted(at + 1, { step, ...told }, { step });
  });
  const begun = opened({
    ...{ runId: 'kept', planDigest: '' },
    ...(recipients === undefined ? {} : { recipients }),
  });
  const ended = isReversed ? outcomes.reverse() : outcomes;
  await makeRun(dir, { rows, run: made, records: [begun, ...ended.flat()] });
  if (edit !== undefined) {
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    const edited = edit(lines.map((line) => JSON.parse(line) as Line));
    await writeFile(path, edited.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
  return dir;
}

function printed(isTty = false) {
  let text = '';
  const output = {
    ...{ isTty, size: () => ({ columns: 80, rows: 40 }), onResize: () => () => undefined },
    write: (piece: string) => {
      text += piece;
      return Promise.resolve();
    },
  } as Output;
  return { output, lines: () => text.split(/\r?\n/).filter((line) => line !== '') };
}

async function open(
  dir: string,
  more: { readonly isTty?: boolean; readonly keys?: readonly string[] } = {},
) {
  const here = around(root);
  const { output, lines } = printed(more.isTty);
  const input = { dir, identities: more.keys ?? [key.path], format: 'csv' as const };
  const found = await openSecrets(input, output, here.context);
  return { ...found, lines: lines(), said: here.said(), events: here.events };
}

describe('the secrets of a run', () => {
  test('are opened row by row', async () => {
    const { opened, unbound, formulas, missing, unshown, lines } = await open(await stored());
    expect([opened, unbound, formulas, missing.count, unshown.count]).toEqual([2, 0, 0, 0, 0]);
    expect(lines).toEqual([
      'id,login,secret',
      `${planned(1).userId},u1,one`,
      `${planned(2).userId},u2,two`,
    ]);
  });

  test('that are not encrypted need no key', async () => {
    const found = await open(await stored({ isSealed: false }), { keys: [] });
    expect([found.opened, found.lines.at(-1)]).toEqual([2, `${planned(2).userId},u2,two`]);
  });

  test('that a spreadsheet would run are counted', async () => {
    const dir = await stored({ secrets: ['=1+1', 'plain', '@cmd'] });
    const found = await open(dir);
    expect(found).toMatchObject({ opened: 3, formulas: 2 });
    // A secret stays as it is, or nobody could sign in with it.
    expect(found.lines.at(-1)).toMatch(/,@cmd$/);
  });

  test('that a terminal would interpret are not shown there, but elsewhere', async () => {
    const dir = await stored({ secrets: ['a\u001b[2Jb', 'plain'] });
    const shown = await open(dir, { isTty: true });
    expect([shown.opened, shown.unshown.text(9), shown.missing.count]).toEqual([1, 'row 1', 0]);
    expect(shown.lines.join()).not.toContain('\u001b[2J');
    const kept = await open(dir);
    expect([kept.opened, kept.unshown.count]).toEqual([2, 0]);
  });

  test('that are missing are named, if the action brings some', async () => {
    const found = await open(await stored({ secrets: ['one', undefined, 'three'] }));
    expect([found.opened, found.missing.text(9)]).toEqual([2, 'row 2']);
  });

  test('of the first version say which are bound to their user', async () => {
    const dir = await stored({ run: { format: 1 } });
    expect((await open(dir)).lines[0]).toBe('id,login,secret,bound');
    expect((await open(dir)).lines[1]).toMatch(/,one,yes$/);
    expect(await open(dir)).toMatchObject({ unbound: 0 });
  });

  test('that were changed are not handed out; the others are', async () => {
    const edit = ([one, two]: readonly Line[]) => [{ ...one, age: two?.['age'] }, two ?? {}];
    const { opened, refused, closed } = await open(await stored({ edit }));
    expect([opened, closed]).toEqual([1, []]);
    expect([...refused].map(([why, { rows, lines }]) => [why, rows.text(9), lines.count])).toEqual([
      ['changed', 'row 1', 0],
    ]);
  });

  test('stay closed with another key, or none, and that says to whom they are encrypted', async () => {
    const dir = await stored();
    for (const [keys, text] of [
      [[other.path], 'None of the secrets opens with this identity.'],
      [[other.path, other.path], 'None of the secrets opens with these identities.'],
      [[], 'The secrets of this run are encrypted. You need the key file to open them.'],
    ] as const)
      await expect(open(dir, { keys })).rejects.toMatchObject({
        code: 'SECRETS_IDENTITY',
        message: `${text} They are encrypted to ${key.recipient}.`,
      });
  });

  test('after a damage of the journal are not handed out, which is said', async () => {
    const dir = await stored();
    const path = join(dir, 'journal.jsonl');
    const lines = (await readFile(path, 'utf8')).split('\n');
    lines[3] = lines[3]?.replace('attempt', 'attempd') ?? '';
    await writeFile(path, lines.join('\n'));
    const { opened: found, said, events } = await open(dir);
    expect([found, said]).toEqual([
      1,
      [expect.stringContaining('damaged or was edited at line 4')],
    ]);
    expect(events).toMatchObject([{ type: 'message', level: 'warning' }]);
  });

  test('are read with a key file that is ours; one that others can read is warned about', async () => {
    const dir = await stored();
    expect((await open(dir)).events).toEqual([]);
    await chmod(key.path, 0o640);
    const { events } = await open(dir);
    const elsewhere = around(root, { platform: 'win32' });
    await recipientsOfIdentity(key.path, elsewhere.context);
    expect(elsewhere.events).toEqual([]);
    await chmod(key.path, 0o600);
    expect(events).toMatchObject([
      { type: 'message', level: 'warning', hint: `chmod 600 ${key.path}` },
    ]);
    await expect(open(dir, { keys: [join(root, 'none.txt')] })).rejects.toMatchObject({
      code: 'SECRETS_IDENTITY',
      message: `The identity file ${join(root, 'none.txt')} cannot be read.`,
    });
    expect(await recipientsOfIdentity(key.path, around(root).context)).toEqual([key.recipient]);
  });
});

describe('some of the secrets of a run', () => {
  test('are opened even if others are encrypted to another key, or damaged', async () => {
    const dir = await stored({
      ...{ secrets: ['one', 'two', 'three', 'four'], others: [2, 3] },
      edit: ([first, ...lines]) => [first ?? {}, { no: 'record' }, ...lines],
    });
    const found = await open(dir);
    expect([found.opened, found.missing.count]).toEqual([2, 0]);
    const closed = found.closed.map(({ recipients, whole, rows }) => [
      ...[recipients, whole, rows.text(9)],
    ]);
    expect(closed).toEqual([[[other.recipient], true, 'rows 2–3']]);
    const refused = [...found.refused].map(([why, { rows, lines }]) => [
      ...[why, rows.count, lines.count],
    ]);
    expect(refused).toEqual([['unreadable', 0, 1]]);
    expect((await open(dir, { keys: [other.path, key.path] })).opened).toBe(4);
  });

  test('can all be refused, which is not a question of keys', async () => {
    const edit = (lines: readonly Line[]) =>
      lines.map((line, at) => ({ ...line, attempt: 5 + at }));
    const found = await open(await stored({ edit }));
    expect([found.opened, found.closed, found.refused.size]).toEqual([0, [], 1]);
  });

  test('of 0.1.0 are not bound to their users, which is told for each', async () => {
    const run = { format: 1 } as const;
    const found = await open(await stored({ isSealed: false, run }), { keys: [] });
    expect([found.unbound, found.lines.slice(1).map((line) => line.split(',').at(-1))]).toEqual([
      ...[2, ['no', 'no']],
    ]);
  });

  test('are missing, in the order of the rows', async () => {
    const secrets = ['one', undefined, 'three', undefined, undefined];
    const found = await open(await stored({ secrets, isReversed: true }));
    expect([found.opened, found.missing.text(9)]).toEqual([2, 'rows 2, 4–5']);
  });

  test('go to a new file that only its owner can read', async () => {
    const dir = await stored();
    const path = join(dir, 'passwords.csv');
    const input = { dir, identities: [key.path], format: 'csv' as const };
    expect((await openSecrets(input, path, around(root).context)).opened).toBe(2);
    expect((await readFile(path, 'utf8')).split(/\r?\n/)[1]).toBe(`${planned(1).userId},u1,one`);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(openBelow(dir)).toEqual([]);
  });

  test('are opened no further after an abort, which comes before the last of them is read', async () => {
    const dir = await stored({ isSealed: false });
    const read = async (stopAt: number) => {
      const { context, drain } = around(root);
      let calls = 0;
      const release = await onFileCalls((nth) => {
        calls = nth;
        if (nth === stopAt) drain.abort(new Error('stopped'));
      });
      const input = { dir, identities: [], format: 'csv' as const };
      const ended = await openSecrets(input, printed().output, context)
        .then(() => 'opened')
        .catch((error: unknown) => (error as Error).message)
        .finally(release);
      return { ended, calls };
    };
    const { ended, calls } = await read(Infinity);
    expect(ended).toBe('opened');
    // The last one finds the end of the file.
    expect((await read(calls - 1)).ended).toBe('stopped');
  });

  test.each<[string, () => Stored]>([
    ['the plan', () => ({ run: { recipients: [key.recipient] } })],
    ['a later invocation', () => ({ recipients: [key.recipient] })],
    [
      'a later invocation, before the plan',
      () => ({ recipients: [key.recipient], run: { recipients: [other.recipient] } }),
    ],
  ])('without recipients of their own are encrypted to whom %s named', async (_who, made) => {
    const edit = (lines: readonly Line[]) =>
      lines.map((line) => ({ ...line, recipients: undefined }));
    const dir = await stored({ ...made(), edit });
    await expect(open(dir, { keys: [other.path] })).rejects.toMatchObject({
      message: expect.stringContaining(`They are encrypted to ${key.recipient}.`),
    });
    const { context } = around(root);
    const input = { dir, row: 1, identities: [other.path] };
    await expect(openOneSecret(input, context)).rejects.toMatchObject({
      message: expect.stringContaining(`it is encrypted to ${key.recipient}, and`),
    });
  });
});

describe('the secret of one row', () => {
  const one = async (dir: string, row: number, identities: readonly string[] = [key.path]) =>
    openOneSecret({ dir, row, identities }, around(root).context);

  test('is opened, and first recorded as shown', async () => {
    const dir = await stored();
    const { secret, ...found } = await one(dir, 2);
    expect(secret.reveal()).toBe('two');
    expect(found).toEqual({ userId: planned(2).userId, login: 'u2', what: step });
    expect([...(await readHandOuts(dir)).keys()]).toEqual([2]);
    expect(openBelow(dir)).toEqual([]);
  });

  test('that the journal does not mention is handed out only in a run of 0.1.0', async () => {
    const made = { isSealed: false, isMentioned: false };
    const old = await stored({ ...made, run: { format: 1 } });
    expect((await one(old, 1, [])).secret.reveal()).toBe('one');
    await expect(one(await stored(made), 1, [])).rejects.toMatchObject({
      message: 'Row 1: its record is not handed out (not-in-journal).',
    });
  });

  test('is not there if the file of secrets is missing, and that says what to do', async () => {
    const dir = await stored();
    await rm(join(dir, 'secrets.jsonl'));
    await expect(one(dir, 1)).rejects.toMatchObject({
      ...{ code: 'RUN_DAMAGED', message: expect.stringContaining('secrets.jsonl is missing') },
    });
  });

  test('is not opened with another key, or if the row has none or a wrong one', async () => {
    const edit = ([first, second]: readonly Line[]) => [
      { ...first, age: second?.['age'] },
      second ?? {},
    ];
    const dir = await stored({ secrets: ['one', 'two', undefined], edit });
    const why = async (row: number, keys?: readonly string[]) =>
      one(dir, row, keys).catch((error: unknown) => error);
    expect(await why(1)).toMatchObject({
      ...{ code: 'SECRETS_IDENTITY', hint: expect.stringContaining('--identity FILE') },
      message: 'Row 1: its record is not handed out (changed).',
    });
    expect(await why(2, [other.path])).toMatchObject({
      message: `Row 2: it is encrypted to ${key.recipient}, and this console does not have that key.`,
    });
    expect(await why(3)).toMatchObject({ message: 'Row 3: it has no temporary password or link.' });
    expect((await readHandOuts(dir)).size).toBe(0);
  });
});

describe('a run whose file of secrets is missing', () => {
  const env = { OKTA_CLIENT_ORGURL: 'https://acme.okta.com/' };
  const refusal = async (dir: string, more: Readonly<Record<string, string>> = env) => {
    const { context } = around(root, { env: more });
    const input = { dir, identities: [], format: 'csv' as const };
    return openSecrets(input, printed().output, context).catch((error: unknown) => error);
  };
  const without = async (made: Parameters<typeof makeRun>[1]) => {
    folders += 1;
    const dir = join(root, `none${folders}`);
    await makeRun(dir, { ...made, run: { runId: 'kept', ...made?.run } });
    return { dir, name: `none${folders}` };
  };
  const begun = begunAs({ runId: 'kept', planDigest: '' });

  test('says that its action brings none', async () => {
    const { dir } = await without({ records: [begun, ...acted(1)] });
    expect(await refusal(dir)).toMatchObject({
      ...{ code: 'RUN_NOT_FOUND', hint: expect.stringContaining('--no-send-email') },
      message: 'This run has no temporary passwords or links: its action is reset-password.',
    });
  });

  test.each([
    [TEMP, 'temporary passwords'],
    [{ spec: { ...runFile().spec, sendEmail: false } }, 'reset links'],
  ])('says that nothing was brought yet: %#', async (run, what) => {
    const plan = await without({ run });
    expect(await refusal(plan.dir)).toMatchObject({
      code: 'RUN_NOT_FOUND',
      message: `This plan was not executed, so it has no ${what} yet.`,
      hint: `Execute it first: okta-reset run --plan ${plan.name}`,
    });
    expect(await refusal(plan.dir, {})).toMatchObject({
      hint: expect.stringContaining('--org https://acme.okta.com'),
    });
    const early = await without({ run, records: [begun] });
    expect(await refusal(early.dir)).toMatchObject({
      code: 'RUN_NOT_FOUND',
      message: `Okta has returned no ${what} in this run yet.`,
      hint: `See how far it is: okta-reset report ${early.name}`,
    });
  });

  test('says what is lost, and how those who need another one get it', async () => {
    const { dir, name } = await without({
      run: { ...TEMP, format: 2, recipients: ['age1a', 'age1b'] },
      records: [begun, ...acted(1, { step, secret: 'ab'.repeat(32) }, { step })],
    });
    const again = `okta-reset followup ${name} --resend --only waiting,link-dead,link-used --again`;
    const sealed = ' --secrets-recipient age1a --secrets-recipient age1b';
    expect(await refusal(dir)).toMatchObject({
      code: 'RUN_DAMAGED',
      message: `The journal of this run mentions 1 temporary password or link, but ${join(dir, 'secrets.jsonl')} is missing.`,
      hint: expect.stringMatching(new RegExp(`${again}${sealed}$`)),
    });
    expect(await refusal(dir, {})).toMatchObject({
      hint: expect.stringContaining(`okta-reset followup ${name} --org https://acme.okta.com`),
    });
    const plain = await without({
      run: TEMP,
      records: [begun, ...acted(1, { step, secret: 'plaintext' }, { step })],
    });
    expect(await refusal(plain.dir)).toMatchObject({
      hint: expect.stringMatching(/ --again --secrets-plaintext$/),
    });
  });
});
