import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { chmod, cp, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { expectCode } from '../integration/expect-code.ts';
import {
  closeStages,
  NO_STACK,
  PLAIN,
  stage,
  writesSeen,
  type Ran,
  type Stage,
} from '../integration/rig.ts';

let s: Stage;
let sentBefore: number;
beforeEach(() => {
  sentBefore = writesSeen(s.org);
});
beforeAll(async () => {
  s = await stage({ users: 30, mix: PLAIN });
  await s.rockstar();
  await s.writeCsv('empty.csv', '');
  await s.writeCsv('header.csv', 'User Id,Login\n');
  await s.writeCsv('colours.csv', 'colour,size\nred,1\nblue,2\n');
  await s.writeCsv('two.csv', 'Old Login,New Login\na@x.example,b@x.example\n');
  await s.writeCsv('groups.csv', 'id,name\n00g1emaKYZTWRYYRRTSK,Sales\n00g2emaKYZTWRYYRRTSK,Ops\n');
  await s.writeCsv('bare.csv', 'ada@acme.example\ngrace@acme.example\n');
  await s.writeCsv('quote.csv', 'id,name\n"00u1emaKYZTWRYYRRTSK,Sales\n');
  await s.writeCsv('token-two-lines', 'abc\ndef\n');
  await writeFile(s.path('secret.csv'), 'id\n');
  await mkdir(s.path('full'));
  await writeFile(s.path('full', 'mine.txt'), 'mine');
  expectCode(await s.run(['plan', '--file', 'users.csv', '--out', 'planned']), 0);
});
afterAll(closeStages);

/** Whatever is wrong, there is a message, what to do, no stack, and nothing was sent. */
function expectRefusal(ran: Ran, code: number, says: RegExp): void {
  expectCode(ran, code);
  expect(ran.stderr).toMatch(says);
  expect(ran.stderr).toMatch(/→ \S/);
  expect(ran.stderr + ran.stdout).not.toMatch(NO_STACK);
  expect(ran.stderr).not.toMatch(/INTERNAL/);
  expect(writesSeen(s.org)).toBe(sentBefore);
}

const CSV = ['--file', 'users.csv'];
const YES = ['--yes', '--max-users', '100'];

type Bad = readonly [
  name: string,
  argv: readonly string[],
  code: number,
  says: RegExp,
  env?: Readonly<Record<string, string>>,
];

const BAD: readonly Bad[] = [
  [
    'a recipient that is none, with an action that brings no secrets',
    ['run', ...CSV, ...YES, '--secrets-recipient', 'nonsense'],
    2,
    /not an age recipient/,
  ],
  [
    'a recipient that is none, of a run to go on with',
    ['resume', 'planned', '--secrets-recipient', 'age1nonsense'],
    2,
    /not an age recipient/,
  ],
  ['an org that is no URL', ['plan', ...CSV, '--org', 'acme'], 2, /CONFIG_ORG_URL/],
  [
    'plain http elsewhere',
    ['plan', ...CSV, '--org', 'http://acme.okta.com'],
    2,
    /CONFIG_ORG_INSECURE/,
  ],
  ['no org', ['plan', ...CSV], 2, /OKTA_CLIENT_ORGURL/, { OKTA_CLIENT_ORGURL: '' }],
  ['no token', ['plan', ...CSV], 2, /OKTA_CLIENT_TOKEN/, { OKTA_CLIENT_TOKEN: '' }],
  ['a token with its scheme', ['plan', ...CSV], 2, /SSWS/, { OKTA_CLIENT_TOKEN: 'SSWS 00abc' }],
  [
    'a token with a line break',
    ['plan', ...CSV, '--token-file', 'token-two-lines'],
    2,
    /CONFIG_CREDENTIALS/,
  ],
  ['no token file', ['plan', ...CSV, '--token-file', 'nowhere'], 2, /nowhere/],
  [
    'a token the org does not know',
    ['plan', ...CSV],
    6,
    /E0000011/,
    { OKTA_CLIENT_TOKEN: '00wrongwrongwrong' },
  ],
  [
    'an org nobody listens at',
    ['plan', ...CSV, '--max-retries', '0'],
    7,
    /ORG_UNREACHABLE/,
    { OKTA_CLIENT_ORGURL: 'http://127.0.0.1:9' },
  ],
  ['a file that is not there', ['plan', '--file', 'nowhere.csv'], 3, /nowhere\.csv/],
  ['a folder for a file', ['plan', '--file', 'full'], 3, /directory/],
  ['an empty file', ['plan', '--file', 'empty.csv'], 3, /INPUT_EMPTY/],
  ['a header alone', ['plan', '--file', 'header.csv'], 3, /INPUT_/],
  ['no column of users', ['plan', '--file', 'colours.csv'], 3, /--column/],
  ['two columns of users', ['plan', '--file', 'two.csv'], 3, /--column/],
  ['a list of groups', ['plan', '--file', 'groups.csv'], 3, /group/i],
  ['a quote never closed', ['plan', '--file', 'quote.csv'], 3, /line/i],
  ['a column that is not there', ['plan', ...CSV, '--column', 'colour'], 3, /colour/],
  ['nothing selected', ['plan', ...CSV, '--where', 'Status=NOSUCH'], 3, /--where/],
  ['no selection', ['plan'], 2, /--file/],
  ['a file that looks like a flag', ['plan', '--file', '-all.csv'], 2, /--file=\.\/-all\.csv/],
  [
    '--since without reading users',
    ['plan', ...CSV, '--no-lookup', '--since', '2026-11-20'],
    2,
    /--since and --no-lookup/,
  ],
  [
    '--since in the future',
    ['plan', ...CSV, '--since', '2999-01-01'],
    2,
    /--since 2999-01-01 00:00:00 UTC is in the future\..*In Okta it is \d{4}-/s,
  ],
  ...(['--where', '--column', '--delimiter', '--encoding'] as const).map((flag): Bad => [
    `${flag} without --file`,
    ['plan', '--all', flag, flag === '--where' ? 'Status=ACTIVE' : 'utf-8'],
    2,
    new RegExp(`${flag} works only with --file`),
  ]),
  [
    '--column for --exclude',
    ['plan', '--all', '--exclude', 'spare.csv', '--column', '1'],
    2,
    /--exclude file is found by its header/,
  ],
  [
    'an --exclude list without a header',
    ['plan', ...CSV, '--exclude', 'bare.csv'],
    3,
    /put a line such as Login or id above/,
  ],
  ['an unknown flag', ['run', ...CSV, '--comfirm', '3@x'], 2, /--confirm/],
  ['an unknown command', ['rnu', ...CSV], 2, /run/],
  ['a flag twice', ['run', ...CSV, '--confirm', '1@x', '--confirm', '2@x'], 2, /2 times/],
  ['a number that is none', ['run', ...CSV, '--concurrency', 'many'], 2, /--concurrency/],
  ['a time without unit', ['run', ...CSV, '--timeout', '30'], 2, /30s/],
  ['an action nobody knows', ['run', ...CSV, '--action', 'delete'], 2, /reset-password/],
  ['--yes without a number', ['run', ...CSV, '--yes'], 2, /--max-users/],
  [
    'passwords without a place',
    ['run', ...CSV, '--action', 'temp-password', ...YES],
    2,
    /SECRETS_NO_PLACE/,
  ],
  ['links without a place', ['run', ...CSV, '--no-send-email', ...YES], 2, /SECRETS_NO_PLACE/],
  [
    'a recipient that is none',
    [
      'run',
      ...CSV,
      '--action',
      'temp-password',
      '--secrets-recipient',
      'age1nonsense',
      '--out',
      'sealed',
      ...YES,
    ],
    2,
    /age1|recipient/,
  ],
  ['no consent', ['run', ...CSV, '--out', 'unasked'], 5, /--confirm/],
  ['a run folder that is not empty', ['plan', ...CSV, '--out', 'full'], 2, /RUN_EXISTS/],
  ['a run folder with a run', ['run', ...CSV, '--out', 'planned', ...YES], 2, /resume/],
  ['no such run', ['resume', 'nowhere'], 3, /RUN_NOT_FOUND/],
  ['a folder that is no run', ['resume', 'full'], 3, /RUN_NOT_FOUND/],
  ['no run at all', ['resume', '--last'], 3, /RUN_NOT_FOUND/],
  ['a plan with other flags', ['run', '--plan', 'planned', ...CSV], 2, /--file/],
  [
    'a plan that is too old',
    ['run', '--plan', 'planned', '--plan-max-age', '1ms', ...YES],
    5,
    /PLAN_EXPIRED/,
  ],
];

describe('bad input is refused with a message, a way out and the right code', () => {
  test.each(BAD)('%s', async (_, argv, code, says, env = {}) => {
    const words = argv.includes('--out') || argv[0] !== 'plan' ? argv : [...argv, '--out', 'never'];
    expectRefusal(
      await s.run(
        words.map((word) => word),
        { env },
      ),
      code,
      says,
    );
  });

  test('a wrong path can be corrected and tried again with the same --out', async () => {
    expectCode(await s.run(['plan', '--file', 'typo.csv', '--out', 'again']), 3);
    expectCode(await s.run(['plan', ...CSV, '--out', 'again']), 0);
  });

  test('what follows the org in its URL is left out, and the output says so', async () => {
    const page = `${s.org.url}/admin/users?x=1`;
    const ran = await s.run(['plan', ...CSV, '--org', page, '--out', 'page']);
    expectCode(ran, 0);
    expect(ran.stderr).toContain(`The org is ${s.org.url}; the rest of its URL is left out.`);
    expectCode(await s.run(['plan', ...CSV, '--org', `${s.org.url}/`, '--out', 'slash']), 0);
  });
});

describe('a damaged run', () => {
  const copy = async (name: string): Promise<string> => {
    await cp(s.path('planned'), s.path(name), { recursive: true });
    return s.path(name);
  };

  test('an edited plan is refused', async () => {
    const dir = await copy('edited');
    const plan = await readFile(`${dir}/plan.jsonl`, 'utf8');
    await chmod(`${dir}/plan.jsonl`, 0o600);
    await writeFile(`${dir}/plan.jsonl`, plan.replace('"skip"', '"act"'));
    expectRefusal(await s.run(['run', '--plan', 'edited', ...YES]), 5, /PLAN_CHANGED/);
  });

  test.each([
    ['an empty run.json', 'run.json', ''],
    ['a run.json of another program', 'run.json', '{"hello":1}'],
    ['a journal of zeros', 'journal.jsonl', `${'\0'.repeat(250)}\n${'\0'.repeat(250)}\n`],
    ['a journal of other lines', 'journal.jsonl', '{"kind":"outcome"}\n{"a":1}\n'],
  ])('%s', async (name, file, text) => {
    const dir = await copy(name.replaceAll(' ', '-'));
    await writeFile(`${dir}/${file}`, text);
    const ran = await s.run(['resume', dir, ...YES]);
    expectRefusal(ran, 3, /RUN_DAMAGED|RUN_FORMAT/);
  });

  test('a plan cut short', async () => {
    const dir = await copy('cut');
    await truncate(`${dir}/plan.jsonl`, 700);
    expectRefusal(await s.run(['resume', dir, ...YES]), 5, /PLAN_CHANGED/);
  });
});

const TOKEN_WORD = '00abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123';

test.each([
  ['--file', ['plan', '--file', TOKEN_WORD]],
  ['--file=', ['plan', `--file=${TOKEN_WORD}`]],
  ['--token-file', ['plan', '--all', '--token-file', TOKEN_WORD]],
  ['a run', ['report', TOKEN_WORD]],
  ['a rerun', ['rerun', TOKEN_WORD]],
  ['an identity', ['secrets', 'open', 'x', '--identity', TOKEN_WORD]],
  ['--limit', ['plan', '--all', '--limit', TOKEN_WORD, '-v']],
])('a token given as %s is not shown', async (_, argv) => {
  const { code, stdout, stderr } = await s.run(argv);
  expect(code).not.toBe(0);
  expect(stdout + stderr).not.toContain(TOKEN_WORD);
  expect(stderr).toContain('Error');
});
