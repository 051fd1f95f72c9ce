/** What the end of a dry run offers. */
import { expect, test } from '@jest/globals';
import type { PlannedRun } from '../../src/app/plan/plan-run.ts';
import { planEnd, planLine } from '../../src/cli/screens/plan/plan-end.ts';
import { makeStyle } from '../../src/cli/terminal/style.ts';
import { BARE_LINES } from '../../src/domain/run/next-commands.ts';
import type { ActionSpec } from '../../src/domain/plan/action.ts';
import { runFile } from '../report/sample.ts';
import { marked } from './marked.ts';

const style = makeStyle(true);

function planned(targets: number, spec: Partial<ActionSpec> = {}): PlannedRun {
  const base = runFile();
  const run = { ...base, targets, preview: { ...base.preview, targets } };
  return {
    name: 'reports/p',
    dir: '/w/reports/p',
    run: { ...run, spec: { ...base.spec, ...spec } },
  };
}

const end = (plan: PlannedRun, key: 'set' | 'missing') =>
  planEnd(plan, BARE_LINES, { style, key }).map(marked);

const DRY = ['', 'cyan(DRY RUN – nothing is sent)', ''];
const NAMES = ['', 'Plan    reports/p', 'Report  reports/p/report.html'];
const RUN = 'okta-reset run --plan reports/p';
const CONSENT = '--confirm 4@acme.okta.com#c0ffee00';

test('the command that executes it, also for somebody else', () => {
  expect(end(planned(4), 'set')).toEqual([
    ...NAMES,
    `Next    bold(${RUN})`,
    'Or have somebody else execute exactly this plan:',
    `        bold(${RUN} ${CONSENT})`,
    ...DRY,
  ]);
});

test.each([
  [{ action: 'temp-password' }, 'temporary passwords'],
  [{ action: 'reset-password', sendEmail: false }, 'reset links'],
] as const)('of %j a key first, and both commands with it, if it is missing', (spec, what) => {
  expect(end(planned(4, spec), 'missing')).toEqual([
    ...NAMES,
    `The ${what} need a key. Make one:`,
    '        bold(okta-reset secrets keygen --out key.txt)',
    'Then pass what it prints (age1…):',
    `Next    bold(${RUN} --secrets-recipient age1…)`,
    'Or have somebody else execute exactly this plan:',
    `        bold(${RUN} ${CONSENT} --secrets-recipient age1…)`,
    ...DRY,
  ]);
});

test('nothing, if nobody would be acted on', () => {
  expect(end(planned(0), 'missing')).toEqual([
    ...NAMES,
    'Next    nothing: nobody would be acted on',
    ...DRY,
  ]);
});

test('one line is enough with -q', () => {
  expect([0, 1, 4812].map((targets) => planLine(planned(targets)))).toEqual([
    '0 users on acme.okta.com would be acted on. Plan: reports/p\n',
    '1 user on acme.okta.com would be acted on. Plan: reports/p\n',
    '4,812 users on acme.okta.com would be acted on. Plan: reports/p\n',
  ]);
});
