/** Temporary passwords and links of a run: which are opened, for whom, and why the others are not. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readHandOuts } from '../../src/app/secrets/hand-outs.ts';
import { openOneSecret } from '../../src/app/secrets/open-one.ts';
import { openSecrets, recipientsOfIdentity } from '../../src/app/secrets/open-secrets.ts';
import { openLines } from '../../src/disk/append/append-file.ts';
import type { Output } from '../../src/domain/host.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import { keygen } from '../../src/secrets/identity.ts';
import { openSealedFile, type Protection } from '../../src/secrets/sealed-file.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { planned, runFile } from '../report/sample.ts';
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
  readonly run?: Partial<RunFile>;
  readonly edit?: (lines: readonly Line[]) => readonly Line[];
}

/** A run that has brought these secrets, row by row; undefined for a row that succeeded without one. */
async function stored({ secrets = ['one', 'two'], isSealed = true, run, edit }: Stored = {}) {
  folders += 1;
  const dir = join(root, `run${folders}`);
  const rows = secrets.map((_, at) => planned(at + 1));
  const made = { ...TEMP, runId: 'kept', format: 2 as const, ...run };
  await mkdir(dir, { mode: 0o700 });
  const recipients = [key.recipient] as unknown as Extract<
    Protection,
    { kind: 'sealed' }
  >['recipients'];
  const protection: Protection = isSealed ? { kind: 'sealed', recipients } : { kind: 'plaintext' };
  const path = join(dir, 'secrets.jsonl');
  const file = await openSealedFile({ path, runId: 'kept', protection, openLines });
  const kept: (string | undefined)[] = [];
  for (const [at, text] of secrets.entries())
    kept.push(
      text === undefined
        ? undefined
        : await file.put({
            ...{ row: at + 1, userId: planned(at + 1).userId ?? '', login: `u${at + 1}` },
            ...{ what: step, at: AT, attempt: 1, secret: new Secret(text) },
          }),
    );
  await file.close();
  const outcomes = kept.flatMap((secret, at) =>
    acted(at + 1, { step, ...(secret === undefined ? {} : { secret }) }, { step }),
  );
  const begun = begunAs({ runId: 'kept', planDigest: '' });
  await makeRun(dir, { rows, run: made, records: [begun, ...outcomes] });
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
    expect(await open(dir)).toMatchObject({ opened: 3, formulas: 2 });
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
    const { opened, said } = await open(dir);
    expect([opened, said]).toEqual([
      1,
      [expect.stringContaining('damaged or was edited at line 4')],
    ]);
  });

  test('are read with a key file that is ours; one that others can read is warned about', async () => {
    const dir = await stored();
    expect((await open(dir)).events).toEqual([]);
    await chmod(key.path, 0o640);
    const { events } = await open(dir);
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

describe('the secret of one row', () => {
  const one = async (dir: string, row: number, identities: readonly string[] = [key.path]) =>
    openOneSecret({ dir, row, identities }, around(root).context);

  test('is opened, and first recorded as shown', async () => {
    const dir = await stored();
    const { secret, ...found } = await one(dir, 2);
    expect(secret.reveal()).toBe('two');
    expect(found).toEqual({ userId: planned(2).userId, login: 'u2', what: step });
    expect([...(await readHandOuts(dir)).keys()]).toEqual([2]);
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
