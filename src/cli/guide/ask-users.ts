import { peekFile } from '../../app/plan/peek-file.ts';
import type { AppContext } from '../../app/context.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { Row } from '../../domain/row/row.ts';
import { fit } from '../../text/layout.ts';
import type { GuideStage } from './stage.ts';
import { withSession } from '../session.ts';

const SHOWN_ROWS = 3;

const flag = (name: string, value: string | undefined) =>
  value === undefined ? [] : [name, value];

const notEmpty = (what: string) => (text: string) =>
  text === '' ? `Type ${what}, or press Ctrl-C to leave.` : undefined;

function rowText(row: Row): string {
  const { identifier } = row;
  const problem = identifier.kind === 'invalid' ? `  ${identifier.problem}` : '';
  return fit(`line ${row.line}: ${identifier.value}${problem}`, 70);
}

/** How a file is read, from what the person has said so far. */
interface Said {
  readonly column?: string;
  readonly sheet?: string;
}

/** Inspects a file, and tells the person if it is refused. Only if a column is refused can the person name another one. */
async function peekAt(
  { prompter, terminal }: GuideStage,
  path: string,
  { column, sheet }: Said,
  askSheet: AppContext['askSheet'],
): Promise<'seen' | 'no-column' | 'unusable'> {
  try {
    const peek = await withSession(
      terminal,
      ({ context }) => peekFile(path, { column, sheet, most: SHOWN_ROWS }, context),
      { askSheet },
    );
    prompter.note(path, [...peek.remarks, 'First rows:', ...peek.rows.map(rowText)]);
    return 'seen';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    prompter.problem([error.message, error.hint]);
    const isColumn =
      error.code === 'INPUT_COLUMN_MISSING' ||
      error.code === 'INPUT_COLUMN_AMBIGUOUS' ||
      error.code === 'INPUT_WRONG_OBJECTS';
    return isColumn ? 'no-column' : 'unusable';
  }
}

async function guideFile(stage: GuideStage): Promise<readonly string[] | undefined> {
  const { prompter } = stage;
  const path = await prompter.ask('Which file?', {
    example: 'users.csv',
    check: notEmpty('the path of a file: CSV, Excel (.xlsx), JSON, NDJSON or TSV'),
  });
  let said: Said = {};
  const askSheet: AppContext['askSheet'] = async (_, names) => {
    const choices = names.map((name) => ({ value: name, label: name }));
    const sheet = await prompter.choose('Which sheet has the users?', choices);
    said = { ...said, sheet };
    return sheet;
  };
  for (;;) {
    const peek = await peekAt(stage, path, said, askSheet);
    if (peek === 'unusable') return undefined;
    const next = await prompter.choose(
      peek === 'seen' ? 'Are these the users?' : 'Which column has the users?',
      [
        ...(peek === 'seen' ? [{ value: 'yes', label: 'Yes' } as const] : []),
        { value: 'column', label: peek === 'seen' ? 'Use another column' : 'Name the column' },
        { value: 'back', label: 'Choose again' },
      ] as const,
    );
    if (next === 'back') return undefined;
    if (next === 'yes')
      return ['--file', path, ...flag('--sheet', said.sheet), ...flag('--column', said.column)];
    const column = await prompter.ask('Its title', {
      example: 'User Id',
      check: notEmpty('the title of a column'),
    });
    said = { ...said, column };
  }
}

/** Asks which events to read, and which of their users to select. */
async function guideLog({ prompter }: GuideStage): Promise<readonly string[]> {
  const events = await prompter.ask('Which events?', {
    example: 'eventType eq "user.mfa.okta_verify.deny_push"',
    check: notEmpty('a System Log filter expression'),
  });
  const who = await prompter.choose('Which users in these events?', [
    { value: 'target', label: 'The user it was done to' },
    { value: 'actor', label: 'The user who did it', hint: 'in sign-ins, the user is the actor' },
  ] as const);
  return ['--log', events, ...(who === 'target' ? [] : ['--log-who', who])];
}

/** Asks which users to act on. Returns the flags that name them. */
export async function guideWhom(stage: GuideStage): Promise<readonly string[]> {
  const { prompter } = stage;
  for (;;) {
    const source = await prompter.choose('Which users?', [
      { value: 'file', label: 'Users in a file', hint: 'CSV, Excel, JSON: Rockstar, Okta, a SIEM' },
      { value: 'group', label: 'Members of a group' },
      { value: 'search', label: 'Users from an Okta search' },
      {
        value: 'log',
        label: 'Users in System Log events',
        hint: 'of the last 7 days',
      },
      { value: 'all', label: 'Everybody', hint: 'admins are left out' },
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
      case 'log':
        return guideLog(stage);
      case 'all':
        return ['--all'];
      default: {
        const never: never = source;
        return never;
      }
    }
  }
}
