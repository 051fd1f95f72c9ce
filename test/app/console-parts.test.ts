/** What the console asks of an org while somebody types, and its own files: uploads, files to save, its page, its lock. */
import { failFrom, giveBack, sound } from '../faults/failing-disk.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { takeConsoleLock } from '../../src/app/console/console-lock.ts';
import { countUsers, groupsLike, type Counted } from '../../src/app/console/org-questions.ts';
import { readPageFiles } from '../../src/app/console/page-files.ts';
import { writeRedirect } from '../../src/app/console/redirect-file.ts';
import { isSavedKind, readSavedFile, savedFiles } from '../../src/app/console/run-files.ts';
import { openUploadFolder } from '../../src/app/console/upload-folder.ts';
import { principalOf } from '../../src/app/org/principal-of.ts';
import { USER, userJson } from '../okta/scripted-org.ts';
import { userId } from '../plan/fake-org.ts';
import { answeringOrg, type AnsweringOrg, type Answered, type Answers } from './answering-org.ts';
import { around, makeRun, newFolder } from './run-folders.ts';

let root: string;
beforeAll(async () => (root = await newFolder()));
afterAll(async () => {
  giveBack();
  await rm(root, { recursive: true, force: true });
});
const never = new AbortController().signal;
const REFUSED: Answered = [403, { errorCode: 'E0000006', errorSummary: 'No.' }];

describe('a question to the org', () => {
  let org: AnsweringOrg;
  afterEach(async () => {
    await org.allClosed();
    org.close();
  });
  const open = async (answers: Answers) => (org = await answeringOrg(root, answers));

  const groups = (count: number): Answered => [
    200,
    Array.from({ length: count }, (_, n) => ({ id: `g${n}`, profile: { name: `Red ${n}` } })),
  ];

  test.each([
    [0, 0, false],
    [2, 2, false],
    [3, 3, false],
    [4, 3, true],
  ])('about groups that has %d answers shows %d; more: %j', async (there, shown, more) => {
    const { org: config, context } = await open({ '/api/v1/groups': groups(there) });
    const found = await groupsLike(config, { beginning: 'Red', most: 3 }, context);
    expect(found.groups.map(({ name }) => name)).toEqual(
      Array.from({ length: shown }, (_, n) => `Red ${n}`),
    );
    expect(found.more).toBe(more);
    expect(org.seen[0]?.url).toBe('/api/v1/groups?q=Red&limit=4');
  });

  /** Pages of users by their sizes, with a link from each page to the next. */
  const pagesOf =
    (path: string, ...sizes: readonly number[]) =>
    (url: string): Answered => {
      const at = Number(new URL(url, org.org.origin).searchParams.get('after') ?? 0);
      const users = Array.from({ length: sizes[at] ?? 0 }, (_, n) =>
        userJson(userId(at * 1000 + n)),
      );
      const next = `<${org.org.origin}${path}?after=${at + 1}&limit=200>; rel="next"`;
      return [200, users, at + 1 < sizes.length ? { link: next } : {}];
    };
  const EVERYBODY: Counted = { kind: 'all' };
  const GROUP: Counted = { kind: 'group', id: '00g1' };
  const PATHS = { all: '/api/v1/users', group: '/api/v1/groups/00g1/users' };
  const count = async (counted: Counted, sizes: readonly number[], most: number) => {
    const path = PATHS[counted.kind === 'group' ? 'group' : 'all'];
    const { org: config, context } = await open({ [path]: pagesOf(path, ...sizes) });
    const { users, more, sample } = await countUsers(config, { counted, most }, context);
    expect(org.asked().every((asked) => asked === path)).toBe(true);
    expect(org.seen[0]?.url).toContain('limit=200');
    return { users, more, sample: sample.map(({ id }) => id), asked: org.seen.length };
  };

  test.each<[string, Counted, readonly number[], number, object]>([
    ['nobody', EVERYBODY, [0], 9, { users: 0, more: false, asked: 1 }],
    ['a page', EVERYBODY, [7], 9, { users: 7, more: false, asked: 1 }],
    ['all pages', EVERYBODY, [4, 4, 4], 100, { users: 12, more: false, asked: 3 }],
    ['as many as wanted', EVERYBODY, [4, 4, 4], 8, { users: 8, more: true, asked: 2 }],
    ['one more than a page', EVERYBODY, [4, 4, 4], 5, { users: 8, more: true, asked: 2 }],
    ['members', GROUP, [3, 2], 100, { users: 5, more: false, asked: 2 }],
    ['some members', GROUP, [3, 2], 3, { users: 3, more: true, asked: 1 }],
  ])('counts %s, and shows the first five', async (_what, counted, sizes, most, expected) => {
    const { sample, ...found } = await count(counted, sizes, most);
    expect(found).toEqual(expected);
    expect(sample).toEqual(Array.from({ length: Math.min(5, sizes[0] ?? 0) }, (_, n) => userId(n)));
  });

  test('that is refused says what was tried', async () => {
    const { org: config, context } = await open({
      '/api/v1/groups': REFUSED,
      '/api/v1/users?': REFUSED,
    });
    await expect(groupsLike(config, { beginning: 'R', most: 3 }, context)).rejects.toMatchObject({
      code: 'AUTH_PERMISSION',
      message: expect.stringContaining('Could not read the groups: '),
    });
    const counting = countUsers(config, { counted: EVERYBODY, most: 9 }, context);
    await expect(counting).rejects.toMatchObject({
      code: 'AUTH_PERMISSION',
      message: expect.stringContaining('Could not count the users: '),
    });
  });

  test('says whose the credential is', async () => {
    const { org: config, context } = await open({});
    expect(await principalOf(config, context)).toEqual({
      ...{ kind: 'user', id: USER, login: `${USER}@example.com` },
    });
  });
});

describe('the files of a run that a page can save', () => {
  const NAMES = {
    'results-csv': 'results.csv',
    'results-json': 'results.json',
    'failed-csv': 'failed.csv',
    'not-attempted-csv': 'not-attempted.csv',
    summary: 'summary.json',
    report: 'report.html',
    'followup-csv': 'followup.csv',
    evidence: 'evidence.json',
    'evidence-signature': 'evidence.json.sig',
  };
  let dir: string;
  let made = 0;
  beforeEach(async () => {
    made += 1;
    dir = join(root, `saved${made}`);
    const files = Object.fromEntries(Object.values(NAMES).map((name) => [name, `of ${name}`]));
    await makeRun(dir, { files: { ...files, 'secrets.jsonl': 'sealed' } });
  });
  const read = async (kind: string) => {
    if (!isSavedKind(kind)) throw new Error(kind);
    const { name, bytes } = await readSavedFile(dir, kind);
    let text = '';
    for await (const piece of bytes) text += Buffer.from(piece).toString();
    return [name, text];
  };

  test('are those that are there, by name and size, without the secrets', async () => {
    const all = Object.entries(NAMES).map(([kind, name]) => ({
      ...{ kind, name, bytes: `of ${name}`.length },
    }));
    expect(await savedFiles(dir)).toEqual(all);
    await rm(join(dir, 'summary.json'));
    expect(await savedFiles(dir)).toEqual(all.filter(({ kind }) => kind !== 'summary'));
  });

  test.each(Object.entries(NAMES))('%s is the whole of %s', async (kind, name) => {
    expect(await read(kind)).toEqual([name, `of ${name}`]);
  });

  test('are ours, and no other names exist', async () => {
    await rm(join(dir, 'followup.csv'));
    await expect(read('followup-csv')).rejects.toMatchObject({ code: 'DISK' });
    await symlink('run.json', join(dir, 'followup.csv'));
    await expect(read('followup-csv')).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
    for (const name of ['secrets', 'journal', 'run', 'toString', ''])
      expect(isSavedKind(name)).toBe(false);
    await expect(savedFiles(join(root, 'nowhere'))).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
    });
  });
});

describe('a folder for temporary files', () => {
  let folder: string;
  const before = process.env['TMPDIR'];
  beforeEach(async () => {
    folder = join(root, 'tmp');
    await mkdir(folder, { mode: 0o700 });
    process.env['TMPDIR'] = folder;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await rm(folder, { recursive: true, force: true });
  });
  const upload = async (uploads: ReturnType<typeof openUploadFolder>, id: string, text: string) => {
    const file = await uploads.create(id);
    for (const part of text) await file.write(Buffer.from(part));
    await file.close();
  };
  const textOf = async (uploads: ReturnType<typeof openUploadFolder>, id: string) => {
    let text = '';
    for await (const piece of uploads.read(id, never)) text += Buffer.from(piece).toString();
    return text;
  };

  test('of uploads is made for the first, private, and removed with all that is in it', async () => {
    const uploads = openUploadFolder();
    expect(await readdir(folder)).toEqual([]);
    await upload(uploads, 'a', 'abc');
    await upload(uploads, 'b', 'x');
    const [name = '', ...others] = await readdir(folder);
    expect([others, name]).toEqual([[], expect.stringMatching(/^okta-reset-console-./)]);
    const path = join(folder, name);
    expect([(await stat(path)).mode & 0o777, (await stat(join(path, 'a'))).mode & 0o777]).toEqual([
      ...[0o700, 0o600],
    ]);
    expect([await textOf(uploads, 'a'), await textOf(uploads, 'b')]).toEqual(['abc', 'x']);
    await uploads.remove('b');
    await uploads.remove('b');
    expect(await readdir(path)).toEqual(['a']);
    await uploads.close();
    expect(await readdir(folder)).toEqual([]);
    await uploads.close();
  });

  test('of uploads is not made to be removed', async () => {
    await openUploadFolder().close();
    expect(await readdir(folder)).toEqual([]);
  });

  test('of uploads that cannot be made is tried again for the next file', async () => {
    const uploads = openUploadFolder();
    await rm(folder, { recursive: true });
    await expect(uploads.create('a')).rejects.toMatchObject({
      ...{ code: 'DISK', message: 'Cannot keep what was uploaded (ENOENT).' },
    });
    await mkdir(folder, { mode: 0o700 });
    await upload(uploads, 'a', 'late');
    expect(await textOf(uploads, 'a')).toBe('late');
    await uploads.close();
  });

  test('of uploads is read only if it is ours, and as long as somebody wants it', async () => {
    const uploads = openUploadFolder();
    await upload(uploads, 'a', 'x');
    const [name = ''] = await readdir(folder);
    await symlink('a', join(folder, name, 'b'));
    await expect(textOf(uploads, 'b')).rejects.toMatchObject({ code: 'FILE_NOT_YOURS' });
    const gone = new AbortController();
    gone.abort(new Error('gone'));
    const reading = uploads.read('a', gone.signal)[Symbol.asyncIterator]();
    await expect(reading.next()).rejects.toThrow('gone');
    await uploads.close();
  });

  test('of uploads that is full says so', async () => {
    const uploads = openUploadFolder();
    const file = await uploads.create('a');
    failFrom({ file: 'a', call: 'write', code: 'ENOSPC', nth: 1 });
    await expect(file.write(Buffer.from('x')).finally(sound)).rejects.toMatchObject({
      code: 'DISK',
      message: 'Cannot keep what was uploaded (ENOSPC).',
    });
    await file.close();
    await uploads.close();
  });

  test('of the page that leads to a link does not stay if the page cannot be written', async () => {
    failFrom({ file: 'open.html', call: 'write', code: 'ENOSPC', nth: 1 });
    await expect(writeRedirect('http://127.0.0.1:1/').finally(sound)).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

test('the built page is two files, each with its type', () => {
  const files = readPageFiles();
  expect([...files].map(([name, { type }]) => [name, type])).toEqual([
    ['console.js', 'text/javascript; charset=utf-8'],
    ['console.css', 'text/css; charset=utf-8'],
  ]);
  for (const { bytes } of files.values()) expect(bytes.length).toBeGreaterThan(1000);
});

test('the lock of a folder’s console does not show the folder in its name', async () => {
  const { host } = around(join(root, 'secret-customer')).context;
  const lock = await takeConsoleLock(host);
  const consoles = join(root, 'secret-customer', '.state', 'okta-reset', 'consoles');
  const [name = '', ...others] = await readdir(consoles);
  expect([others, name]).toEqual([[], expect.stringMatching(/^[0-9a-f]{32}\.lock$/)]);
  expect(await readFile(join(consoles, name), 'utf8')).toContain(String(host.pid));
  await lock.release();
  expect(await readdir(consoles)).toEqual([]);
});
