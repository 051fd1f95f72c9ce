/** The result of a verification, as a person reads it. */
import { expect, test } from '@jest/globals';
import type { VerifiedRun } from '../../src/app/evidence/verify-run.ts';
import { verifiedScreen } from '../../src/cli/screens/evidence-screen.ts';
import { makeStyle } from '../../src/cli/terminal/style.ts';
import { marked } from './marked.ts';

function screen(more: Partial<VerifiedRun>): readonly string[] {
  const evidence = {
    ...{ runId: 'r', host: 'acme.okta.com', sealedAt: '2026-11-22T04:00:00.000Z' },
    ...{ toolVersion: '0.2.0', files: [{}, {}], journal: { records: 3 } },
  };
  const signature = { kind: 'unsigned' };
  const verified = { evidence, faults: [], since: [], signature, ...more } as unknown;
  return verifiedScreen(verified as VerifiedRun, makeStyle(true)).map(marked);
}

const SEALED = 'Run r on acme.okta.com, sealed 2026-11-22T04:00:00.000Z by okta-reset 0.2.0.';
const HOLDS = 'green(2 files and 3 records of the journal are as they were sealed.)';

test('of a run that holds has what was sealed, and what was added since', () => {
  expect(screen({}).toSpliced(1, 1)).toEqual([SEALED, HOLDS]);
  const since = [{ kind: 'new', name: 'report.html' }] as const;
  expect(screen({ since }).toSpliced(1, 1)).toEqual([
    ...[SEALED, HOLDS, 'bold(Since the seal:)', '  report.html was made.'],
  ]);
});

test('of a run that differs has each fault in red, and no word of holding', () => {
  const faults = [
    { kind: 'missing', name: 'plan.jsonl' },
    { kind: 'new', name: 'odd.txt' },
  ] as const;
  expect(screen({ faults }).toSpliced(1, 1)).toEqual([
    SEALED,
    'red(plan.jsonl is missing.)',
    'red(odd.txt is new: it was not there when the run was sealed.)',
  ]);
});

test.each<[VerifiedRun['signature'], RegExp]>([
  [{ kind: 'unsigned' }, /^yellow\(The seal is not signed/],
  [{ kind: 'sound', key: 'k' }, /^yellow\(Signed with k\. Nobody checked/],
  [{ kind: 'vouched', by: 'ada', key: 'k' }, /^green\(Signed by ada, with k\.\)$/],
  [{ kind: 'stranger', why: 'w' }, /^red\(Signed by a key that/],
  [{ kind: 'bad', why: 'w' }, /^red\(The signature does not belong/],
] as [VerifiedRun['signature'], RegExp][])(
  'of %j says what the signature is worth',
  (signature, says) => {
    expect(screen({ signature })[1]).toMatch(says);
  },
);
