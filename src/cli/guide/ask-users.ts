import { peekFile } from '../../app/plan/peek-file.ts';
import type { Row } from '../../domain/row/row.ts';
import { fit } from '../../text/layout.ts';
import { orProblem, type GuideStage } from './stage.ts';
import { withSession } from '../session.ts';

const SHOWN_ROWS = 3;

const notEmpty = (what: string) => (text: string) =>
  text === '' ? `Type ${what}, or leave with Ctrl-C.` : undefined;

function rowText(row: Row): string {
  const { identifier } = row;
  const problem = identifier.kind === 'invalid' ? `  ${identifier.problem}` : '';
  return fit(`line ${row.line}: ${identifier.value}${problem}`, 70);
}

async function guideFile(stage: GuideStage): Promise<readonly string[] | undefined> {
  const { prompter } = stage;
  const path = await prompter.ask('Which file?', {
    example: 'users.csv',
    check: notEmpty('the path of a CSV file'),
  });
  let column: string | undefined;
  for (;;) {
    const peek = await orProblem(prompter, () =>
      withSession(stage.terminal, ({ context }) =>
        peekFile(path, { column, most: SHOWN_ROWS }, context),
      ),
    );
    if (peek !== undefined)
      prompter.note(path, [...peek.remarks, 'First rows:', ...peek.rows.map(rowText)]);
    const next = await prompter.choose('Are these the users?', [
      ...(peek === undefined ? [] : [{ value: 'yes', label: 'Yes' } as const]),
      { value: 'column', label: 'Take another column' },
      { value: 'back', label: 'Choose again' },
    ] as const);
    if (next === 'back') return undefined;
    if (next === 'yes')
      return ['--file', path, ...(column === undefined ? [] : ['--column', column])];
    column = await prompter.ask('Which column names the users?', {
      example: 'User Id',
      check: notEmpty('the title of a column'),
    });
  }
}

/** Asks whom; returns the flags that say so. */
export async function guideWhom(stage: GuideStage): Promise<readonly string[]> {
  const { prompter } = stage;
  for (;;) {
    const source = await prompter.choose('Whose passwords?', [
      { value: 'file', label: 'Users in a file', hint: 'CSV: Rockstar, Okta, a spreadsheet' },
      { value: 'group', label: 'Members of a group' },
      { value: 'search', label: 'What an Okta search finds' },
      { value: 'all', label: 'Everybody', hint: 'admins are spared' },
    ] as const);
    switch (source) {
      case 'file': {
        const flags = await guideFile(stage);
        if (flags !== undefined) return flags;
        break;
      }
      case 'group':
        return [
          '--group',
          await prompter.ask('Which group?', {
            example: 'Sales',
            check: notEmpty('its name or id'),
          }),
        ];
      case 'search':
        return [
          '--search',
          await prompter.ask('Which search?', {
            example: 'profile.department eq "Sales"',
            check: notEmpty('an Okta search expression'),
          }),
        ];
      case 'all':
        return ['--all'];
      default: {
        const never: never = source;
        return never;
      }
    }
  }
}
