import { expect, test } from '@jest/globals';
import { findErrorEntry } from '../../src/domain/codes/okta-error.ts';
import { REASONS } from '../../src/domain/codes/reasons.ts';
import {
  explainingReasons,
  HALF_DONE,
  JOURNAL_DAMAGED,
  UNREADABLE,
  UNSETTLED,
} from '../../src/report/results/reasons.ts';

const explain = explainingReasons(findErrorEntry);

test.each([
  ...REASONS,
  'status:SUSPENDED',
  UNSETTLED,
  HALF_DONE,
  JOURNAL_DAMAGED,
  UNREADABLE,
  'E0000006',
  'HTTP 503',
  'HTTP 418',
  'no-answer',
  'other',
])('a report says what “%s” means and what to do', (code) => {
  expect(explain(code)).toEqual(
    expect.objectContaining({
      meaning: expect.stringMatching(/^\S.+\S$/) as unknown,
      how: expect.stringMatching(/^\S.+\S$/) as unknown,
      who: expect.stringMatching(/^\S/) as unknown,
    }),
  );
});

test('a reason that nobody described has no words', () => {
  expect(explain('E9999999')).toBeUndefined();
});
