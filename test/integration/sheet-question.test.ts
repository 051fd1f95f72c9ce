import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { workbookOf } from '../selection/workbook.ts';
import { expectCode } from './expect-code.ts';
import { closeStages, PLAIN, readCsv, stage, type Stage } from './rig.ts';

let s: Stage;
let ids: readonly string[];
let nth = 0;
beforeAll(async () => {
  s = await stage({ users: 5, mix: PLAIN });
  ids = [...s.org.users()].map(({ id }) => id);
  const sheets = ['Staff', 'Guests'].map((name, at) => ({
    name,
    rows: [['User Id'], [ids[at + 2] ?? '']],
  }));
  await writeFile(s.path('two.xlsx'), workbookOf(sheets));
});
afterAll(closeStages);

async function planned(stdin: string | undefined, ...flags: readonly string[]) {
  const out = `sheet-${(nth += 1)}`;
  const argv = ['plan', '--file', 'two.xlsx', '--out', out, ...flags];
  const done = await s.run(argv, stdin === undefined ? {} : { stdin, terminal: true });
  return {
    done,
    users: async () => (await readCsv(s.path(out, 'results.csv'))).map((row) => row['_user_id']),
  };
}

describe('a workbook with several sheets', () => {
  test.each([
    ['2\n', 3],
    ['nonsense\nstaff\n', 2],
  ])('is asked about in a terminal: %j', async (typed, user) => {
    const { done, users } = await planned(typed);
    expectCode(done, 0);
    expect(await users()).toEqual([ids[user]]);
    expect(done.stderr).toMatch(/has 2 sheets that are not empty/);
    expect(done.stderr).toMatch(/--sheet (Staff|Guests)/);
  });

  test.each([[undefined], ['']])(
    'is refused with the names if nobody answers: %j',
    async (typed) => {
      const { done } = await planned(typed);
      expectCode(done, 3);
      expect(done.stderr).toContain('--sheet Staff or --sheet Guests');
    },
  );

  test('is not asked about if the sheet is named, nor with --no-input', async () => {
    expectCode((await planned('', '--sheet', 'Guests')).done, 0);
    const { done } = await planned('1\n', '--no-input');
    expectCode(done, 3);
  });

  test('an interrupt at the question ends the command', async () => {
    const running = s.start(['plan', '--file', 'two.xlsx', '--out', 'sheet-left'], {
      terminal: true,
      stays: true,
      onStderr: (text) => {
        if (text.includes('Which one')) running.signal('SIGINT');
      },
    });
    expectCode(await running.ended, 130);
  });
});

test('a results file saved as a workbook is rerun by its name', async () => {
  const user = ids[4] ?? '';
  const argv = ['run', '--user', user, '--action', 'end-sessions', '--out', 'ended'];
  expectCode(await s.run([...argv, '--yes', '--max-users', '1']), 0);
  const found = await readCsv(s.path('ended', 'results.csv'));
  const titles = Object.keys(found[0] ?? {});
  const rows = found.map((row) => titles.map((title) => row[title] ?? ''));
  await writeFile(
    s.path('results.xlsx'),
    workbookOf([{ name: 'results', rows: [titles, ...rows] }]),
  );
  const again = ['rerun', 'results.xlsx', '--only', 'succeeded', '--action', 'revoke-tokens'];
  expectCode(await s.run([...again, '--dry-run', '--out', 'again']), 0);
  const planned = await readCsv(s.path('again', 'results.csv'));
  expect(planned.map((row) => [row['_user_id'], row['_action']])).toEqual([
    [user, 'revoke-tokens'],
  ]);
});
