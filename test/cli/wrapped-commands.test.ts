/** Commands in wrapped texts: each works in the way the program was called, on lines that fit. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { previewScreen } from '../../src/cli/screens/plan/preview-screen.ts';
import { hintLines } from '../../src/cli/screens/hint-lines.ts';
import { makeStyle } from '../../src/cli/terminal/style.ts';
import { ACTIONS } from '../../src/domain/plan/action.ts';
import { asCalled } from '../../src/domain/program.ts';
import { asLines, wordsOf } from '../../src/text/styled.ts';
import { closeStages, stage, type Stage } from '../integration/rig.ts';
import { runFile } from '../report/sample.ts';

const PROGRAM = 'node /home/admin/tools/okta-reset-0.2.0-linux-x64/bin/okta-reset.js';
let s: Stage;

beforeAll(async () => {
  s = await stage({ users: 3 });
});
afterAll(closeStages);

/** Fails for a line that is too long, and for a command that does not work in the way the program was called. */
function expectGood(text: string): void {
  expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  expect(text).toContain(PROGRAM);
  expect(text).not.toMatch(/^\s*okta-reset\s|[^-/]okta-reset\s+(plan|run|rerun|followup)/m);
}

test.each(['partly-done', 'unproven'])('explain %s', async (code) => {
  const { stdout } = await s.run(['explain', code], { program: PROGRAM, terminal: true });
  expectGood(stdout);
});

test('a command at the end of a hint is not broken, so that it can be copied', () => {
  const command = `run --plan reports/20261122T031502Z-k7m2 --canary 5 --secrets-recipient age1${'x'.repeat(58)}`;
  const hint = `The plan is kept. To execute it after all, for whatever reason: okta-reset ${command}`;
  const kept = 'The plan is kept. To execute it after all, for whatever reason:';
  expect(hintLines(hint, 76, 'npx okta-reset')).toEqual([kept, `npx okta-reset ${command}`]);
  expect(hintLines(`${hint}.`, 40, 'okta-reset')).toEqual([
    'The plan is kept. To execute it after',
    'all, for whatever reason:',
    `okta-reset ${command}`,
  ]);
  expect(hintLines('Name it: okta-reset runs', 76, 'okta-reset')).toEqual([
    'Name it: okta-reset runs',
  ]);
  // A sentence about a command is wrapped like any other.
  const about = 'okta-reset runs lists the runs under reports/. With --in DIR it lists others.';
  expect(hintLines(about, 50, 'okta-reset')).toHaveLength(2);
});

test('what a person who says no is told fits the same rule', async () => {
  const out = `reports/${'a-long-name-'.repeat(6)}`;
  const argv = ['run', '--all', '--limit', '3', '--out', out];
  const no = await s.run(argv, { terminal: true, stdin: 'no\n', program: 'okta-reset' });
  expect(no.stderr.split('\n')).toContain(`    okta-reset run --plan ${out}`);
});

test('the warnings of a preview', () => {
  const run = runFile();
  const warnings = ACTIONS.unsuspend.warnings.map(({ code, text }) => ({
    code,
    text: text('1,204 users'),
  }));
  const lines = previewScreen(
    { ...run, preview: { ...run.preview, warnings } },
    {
      ...{ width: 100, style: makeStyle(false), nowMs: Date.parse(run.createdAt) },
      ...{ program: PROGRAM, isLater: false, hours: undefined },
    },
  );
  // As the terminal writer prints it.
  expectGood(asCalled(wordsOf(asLines(lines)), PROGRAM));
});
