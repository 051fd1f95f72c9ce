import type { OpenedSecrets } from '../../app/secrets/open-secrets.ts';
import type { RowRanges } from '../../domain/row/row-ranges.ts';
import { counted } from '../../domain/counted.ts';

/** Nobody reads more ranges of rows than this. */
const MOST_RANGES = 100;

type Why = OpenedSecrets['refused'] extends ReadonlyMap<infer Key, unknown> ? Key : never;

const WHY: Readonly<Record<Why, string>> = {
  unreadable: 'cannot be read: the record is damaged',
  'not-in-journal':
    'not handed out: the journal has no such record. If the run was killed, resume it first; otherwise somebody added the record',
  changed: 'refused: the sealed text is not the one that the run wrote',
  'in-clear': 'refused: not sealed, in a run that seals its secrets',
  'of-another': 'refused: its content belongs to another user, run or attempt',
  'claimed-twice': 'refused: several records claim to be the same',
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const rowsText = (rows: RowRanges) => capital(rows.text(MOST_RANGES));

function closedText({ recipients, whole, rows }: OpenedSecrets['closed'][number]): string {
  const stay = rows.count === 1 ? 'stays' : 'stay';
  const damaged = whole ? '' : ', or damaged';
  const to = recipients.length === 0 ? 'another key' : recipients.join(' and ');
  return `${rowsText(rows)} ${stay} encrypted: sealed to ${to}${damaged}. Give the key file of that recipient too (--identity, repeatable).`;
}

/** Tells whether every row that should have a secret was opened. */
export function isComplete({ closed, refused, missing, unshown }: OpenedSecrets): boolean {
  return closed.length === 0 && refused.size === 0 && missing.count === 0 && unshown.count === 0;
}

/** Says what a person must know in addition to the secrets: which rows have none, and why. */
export function openedSecretsText(found: OpenedSecrets): readonly string[] {
  const { opened, unbound, formulas, unshown, missing } = found;
  const refused = [...found.refused].flatMap(([why, { rows, lines }]) => [
    ...(rows.count === 0 ? [] : [`${rowsText(rows)}: ${WHY[why]}.`]),
    ...(lines.count === 0
      ? []
      : [`secrets.jsonl, ${lines.text(MOST_RANGES).replace('row', 'line')}: ${WHY[why]}.`]),
  ]);
  return [
    `${counted(opened, 'secret')} opened.`,
    ...found.closed.map(closedText),
    ...refused,
    ...(missing.count === 0
      ? []
      : [
          `${rowsText(missing)} succeeded, and no secret of ${missing.count === 1 ? 'it' : 'them'} can be handed out. results.csv has the ${missing.count === 1 ? 'user' : 'users'} (_row); issue new ones for exactly ${missing.count === 1 ? 'that one' : 'those'}.`,
        ]),
    ...(unshown.count === 0
      ? []
      : [
          `${rowsText(unshown)}: the secret contains control characters for a terminal. Use --out FILE.`,
        ]),
    ...(unbound === 0
      ? []
      : [
          `${counted(unbound, 'secret')} ${unbound === 1 ? 'is' : 'are'} not bound to a user (stored unencrypted, or sealed by version 0.1.0): nothing but the file itself says whose ${unbound === 1 ? 'it is' : 'they are'}.`,
        ]),
    ...(formulas === 0
      ? []
      : [
          `${counted(formulas, 'secret')} ${formulas === 1 ? 'begins' : 'begin'} with a character that a spreadsheet takes for a formula. Secrets are not changed: import the column “secret” as text.`,
        ]),
  ];
}
