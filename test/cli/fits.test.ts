/** Texts for a person fit the terminal, and use its width up to what is still easy to read. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FOLLOWUP_STATES } from '../../src/app/followup/followup-state.ts';
import type { ListedRun } from '../../src/app/runs/list-runs.ts';
import { explainError } from '../../src/cli/screens/explain-error.ts';
import { messageText, type Message } from '../../src/cli/screens/message-text.ts';
import { previewScreen } from '../../src/cli/screens/plan/preview-screen.ts';
import { runsScreen } from '../../src/cli/screens/runs-screen.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { makeStyle } from '../../src/cli/terminal/style.ts';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { APP_ERROR_ENTRIES } from '../../src/domain/codes/app-error-entries.ts';
import { END_ENTRIES } from '../../src/domain/codes/end-entries.ts';
import { ERROR_ENTRIES } from '../../src/domain/codes/okta-error.ts';
import { REASONS } from '../../src/domain/codes/reasons.ts';
import { STATUS_ENTRIES } from '../../src/domain/codes/status-entries.ts';
import { asLines, wordsOf } from '../../src/text/styled.ts';
import { runFile } from '../report/sample.ts';
import { marked } from './marked.ts';
import { LETTERS, roomLeft } from './room-left.ts';
import { terminalOn } from './terminal-on.ts';

const style = makeStyle(false);
const longest = (text: string) => Math.max(...text.split('\n').map(({ length }) => length));

const CODES = [
  ...[...APP_ERROR_ENTRIES, ...ERROR_ENTRIES, ...STATUS_ENTRIES, ...END_ENTRIES].map(
    ({ code }) => code,
  ),
  ...[...REASONS, ...FOLLOWUP_STATES],
];

test.each([
  [50, 50],
  [300, 100],
])('what explain says of any code fits %d columns, in %d', async (columns, width) => {
  const widths: number[] = [];
  for (const code of CODES) {
    const { host, out } = terminalOn({ columns });
    expect([code, await runCli(['explain', code], host, '0.0.0')]).toEqual([code, 0]);
    widths.push(longest(out()));
  }
  const most = Math.max(...widths);
  expect([most <= width, most > width - 3]).toEqual([true, true]);
});

describe('a message', () => {
  const message = (columns: number, text: string, hint?: string) => {
    const { terminal } = terminalOn({ columns });
    return wordsOf(
      messageText({ type: 'message', level: 'warning', text, ...(hint && { hint }) }, terminal),
    );
  };

  test('fits the terminal with its advice, and uses its width', async () => {
    for (const part of [0, 1])
      expect(
        await roomLeft((columns) =>
          (message(columns, LETTERS, LETTERS).split(/\n(?= {2}→)/)[part] ?? '').split('\n'),
        ),
      ).toBe(1);
  });

  test('is dim if it only informs, and yellow if it warns', () => {
    const { terminal } = terminalOn({ ttys: ['err'] });
    const shown = (level: Message['level']) =>
      marked(messageText({ type: 'message', level, text: 'One.' }, terminal));
    expect((['info', 'warning', 'error'] as const).map(shown)).toEqual([
      ...['dim(One.)\n', 'yellow(Warning: One.)\n', 'yellow(Error: One.)\n'],
    ]);
  });

  test('continues under its beginning, and its advice under its arrow', () => {
    const text = 'one two three four five six seven';
    expect(message(30, text, text)).toBe(
      'Warning: one two three four\n  five six seven\n  → one two three four five\n    six seven\n',
    );
    expect(message(30, 'one')).toBe('Warning: one\n');
  });
});

test('an error fits the terminal with its cause and its advice, and uses its width', async () => {
  const parts = async (columns: number) => {
    const { terminal, err } = terminalOn({ columns, ttys: ['err'], flags: { color: false } });
    const error = new AppError('DISK', LETTERS, { hint: LETTERS, cause: new Error(LETTERS) });
    await explainError(error, terminal, []);
    return err()
      .split(/\n(?= {2}(?:because|→))/)
      .map((part) => part.trimEnd().split('\n'));
  };
  expect(await parts(50)).toHaveLength(3);
  for (const part of [0, 1, 2])
    expect(await roomLeft(async (columns) => (await parts(columns))[part] ?? [])).toBe(1);
});

describe('a preview', () => {
  const base = runFile();
  const warnings = [{ code: 'link-lifetime', text: LETTERS }] as const;
  const preview = { ...base.preview, targets: 1, warnings };
  const linesIn = (width: number, from: RegExp, to: RegExp) => {
    const nowMs = Date.parse(base.createdAt) + 90_000;
    const options = { program: 'okta-reset', style, nowMs, hours: undefined, isLater: true };
    const lines = wordsOf(
      asLines(previewScreen({ ...base, preview }, { ...options, width })),
    ).split('\n');
    const at = lines.findIndex((line) => from.test(line));
    const after = lines.slice(at);
    return after.slice(
      0,
      after.findIndex((line) => to.test(line)),
    );
  };

  test.each([
    ['its warnings', /^ {2}! /, /^$/],
    ['its age', /^These figures/, /^$/],
  ])('uses the width of the terminal for %s', async (_, from, to) => {
    expect(await roomLeft((columns) => linesIn(columns, from, to))).toBe(0);
  });
});

test('a call in a preview fits, is complete, and is broken only where a part begins', () => {
  const parts = fc.array(fc.stringMatching(/^[&?][a-z]{2,12}=[a-z]{2,12}$/), { maxLength: 8 });
  fc.assert(
    fc.property(parts, fc.integer({ min: 48, max: 110 }), (more, width) => {
      const call = `POST /api/v1/users/{id}/lifecycle/${more.join('')}`;
      const base = runFile();
      const preview = { ...base.preview, targets: 1, calls: [call], warnings: [] };
      const options = { program: 'okta-reset', style, nowMs: 0, hours: undefined, isLater: false };
      const lines = previewScreen({ ...base, preview }, { ...options, width }).map(wordsOf);
      const from = lines.findIndex((line) => line.startsWith('  POST '));
      const to = lines.findIndex((line) => line.startsWith('  GET '));
      const shown = lines.slice(from, to);
      expect(shown.map((line) => line.trim()).join('')).toBe(call);
      expect(Math.max(...shown.map(({ length }) => length))).toBeLessThanOrEqual(width);
      // Each line but the last has no room for the part that follows.
      for (const [at, line] of shown.slice(0, -1).entries()) {
        const [next = ''] = /^[?&]?[^?&]*/.exec(shown[at + 1]?.trim() ?? '') ?? [];
        expect(line.length + next.length).toBeGreaterThanOrEqual(width);
      }
    }),
    { numRuns: 50 },
  );
});

describe('a list of runs in a narrow terminal', () => {
  const none = { succeeded: 0, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 0 };
  const listed = (name: string, orgId: string) =>
    ({
      ...{ dir: `/w/reports/${name}`, name: `reports/${name}`, runId: name, state: 'finished' },
      ...{ ageMs: 5000, spec: runFile().spec, host: `${orgId}-is-a-long-name.okta.com`, orgId },
      ...{ origin: `https://${orgId}.okta.com`, targets: 3, rows: 4, counts: none, next: [] },
    }) as Partial<ListedRun> as ListedRun;
  const table = (width: number, ...runs: readonly ListedRun[]) =>
    wordsOf(asLines(runsScreen({ runs, unreadable: [] }, ['reports'], { width, style }))).split(
      '\n',
    );

  test('and wider ones uses their width for what cannot be read', async () => {
    const unreadable = [{ dir: '/w/odd', name: 'odd', problem: LETTERS }] as const;
    const found = { runs: [], unreadable } as unknown as Parameters<typeof runsScreen>[0];
    const linesIn = (width: number) =>
      runsScreen(found, ['reports'], { width, style }).slice(1).map(wordsOf);
    expect(await roomLeft(linesIn, Infinity)).toBe(0);
  });

  test('and wider ones uses their width for how the rows ended', async () => {
    const counts = { succeeded: 1, skipped: 1, failed: 1, unknown: 1, 'not-attempted': 1 };
    const found = { runs: [{ ...listed('a', 'o1'), counts }], unreadable: [] };
    const linesIn = (width: number) =>
      runsScreen(found, [], { width, style }).slice(2).map(wordsOf);
    expect(await roomLeft(linesIn, Infinity)).toBe(0);
  });

  test('cuts the org, and of several orgs the run', () => {
    const one = table(64, listed('20261122T031502Z-k7m2', 'o1'));
    expect(one[1]).toMatch(
      /^20261122T031502Z-k7m2 +5 s {2}reset-password {2}o1-is-\S*… +finished$/,
    );
    const several = table(50, listed('20261122T031502Z-k7m2', 'o1'), listed('b', 'o2'));
    expect(several[2]).toMatch(/^20261122T0315\S*… +5 s {2}reset-password {2}finished$/);
    expect([longest(one.join('\n')), longest(several.join('\n'))]).toEqual([64, 50]);
  });
});
