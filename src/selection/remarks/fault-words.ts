import { columnFlag } from '../layout/layout-error.ts';
import type { Layout } from '../layout/layout.ts';
import type { NoticeCode } from './notice.ts';
import type { RowFault } from './remarks.ts';

/** The words that report a fault. */
export interface FaultWords {
  readonly code: NoticeCode;
  readonly text: (count: string) => string;
  readonly hint: (layout: Layout) => string;
}

function otherColumn(layout: Layout): string {
  const [other] = layout.passedOver;
  return other === undefined ? '--column "NAME"' : columnFlag(other.name);
}

const CORRECT_LINES = 'Correct these lines. They are reported, and nothing is sent for them.';

export const FAULT_WORDS: Readonly<Record<RowFault, FaultWords>> = {
  empty: {
    code: 'invalid-rows',
    text: (count) => `${count} with an empty cell in the column of users.`,
    hint: (layout) =>
      layout.passedOver.length > 0
        ? `${otherColumn(layout)} selects by that column instead.`
        : CORRECT_LINES,
  },
  'wrong-object': {
    code: 'wrong-objects',
    text: (count) => `${count} with the id of a group, app, device or other object.`,
    hint: () => 'Export users: okta-reset users, or Rockstar’s Export Users.',
  },
  'login-in-id': {
    code: 'mixed-column',
    text: (count) => `${count} with a login or email address in the column of ids.`,
    hint: (layout) => `Give the ids, or select by another column: ${otherColumn(layout)}.`,
  },
  'e-notation': {
    code: 'e-notation',
    text: (count) => `${count} where a spreadsheet changed a number to E-notation.`,
    hint: () =>
      'Export again, and do not save the file in a spreadsheet; or format the column as text first.',
  },
  'formula-error': {
    code: 'invalid-rows',
    text: (count) => `${count} with a spreadsheet’s error, such as #N/A, in the column of users.`,
    hint: () => 'Correct the formula in the spreadsheet, and save the list again.',
  },
  'case-changed': {
    code: 'case-changed',
    text: (count) => `${count} with an id changed to capitals.`,
    hint: () => 'Export again; ids are case-sensitive.',
  },
  'not-an-id': {
    code: 'invalid-rows',
    text: (count) => `${count} with something other than a user id.`,
    hint: (layout) => `Correct these lines, or select by another column: ${otherColumn(layout)}.`,
  },
  'not-an-email': {
    code: 'invalid-rows',
    text: (count) => `${count} with something other than an email address.`,
    hint: () => CORRECT_LINES,
  },
  several: {
    code: 'invalid-rows',
    text: (count) => `${count} with several users in one cell.`,
    hint: () => 'Put each user in a separate row.',
  },
  'more-than-login': {
    code: 'invalid-rows',
    text: (count) => `${count} with more than a login in the cell, which may be a password.`,
    hint: () => 'Name the --delimiter, or remove what follows the login. It is not stored.',
  },
  'more-than-address': {
    code: 'invalid-rows',
    text: (count) => `${count} with more than an address in the cell of the user.`,
    hint: () => 'Keep only the address: remove names, brackets and words such as “mailto:”.',
  },
  example: {
    code: 'invalid-rows',
    text: (count) => `${count} that is the template’s example and names nobody.`,
    hint: () => 'Nothing is sent for it. Delete the line if it is in the way.',
  },
  unsearchable: {
    code: 'invalid-rows',
    text: (count) => `${count} with a login that cannot be looked up.`,
    hint: () => 'Give their user ids.',
  },
  'damaged-text': {
    code: 'bad-bytes',
    text: (count) => `${count} with bytes in the column of users that are not text.`,
    hint: () => 'Name the right --encoding, or export again as “CSV UTF-8”.',
  },
  'uncertain-text': {
    code: 'encoding-guessed',
    text: (count) => `${count} with letters in the login that depend on a guessed encoding.`,
    hint: () =>
      'Export again as “CSV UTF-8”. Or name the encoding of a --file: --encoding windows-1252.',
  },
  'too-long': {
    code: 'invalid-rows',
    text: (count) => `${count} with a text too long to be a login.`,
    hint: () => CORRECT_LINES,
  },
  torn: {
    code: 'ragged-rows',
    text: (count) =>
      `${count} with more cells than the header, so their cells may be in the wrong columns.`,
    hint: () =>
      'Put quotes around the cell that contains the delimiter, or name the right --delimiter.',
  },
};
