import { expect, test } from '@jest/globals';
import { Progress } from '../../src/cli/screens/progress/run-progress.ts';
import { settlingText } from '../../src/cli/screens/progress/settling-text.ts';
import { openTerminal } from '../../src/cli/terminal/terminal.ts';
import { host } from '../../src/host.ts';

const UNTIL_MS = new Date(2026, 10, 29, 4, 31, 20).getTime();

test.each([
  [1, 'waiting until 04:31:20 to see whether 1 call took effect'],
  [3, 'waiting until 04:31:20 to see whether 3 calls took effect'],
])('%d rows in doubt', (rows, text) => {
  expect(settlingText(rows, UNTIL_MS)).toBe(text);
});

test('the screen shows it as one line while rows wait', async () => {
  let shown = '';
  const stderr = {
    isTty: true,
    write: async (text: string) => void (shown = text),
    size: () => ({ columns: 100, rows: 24 }),
    onResize: () => () => undefined,
  };
  const flags = { json: false, quiet: false, verbose: false, color: false, input: false };
  const terminal = openTerminal({ ...host, env: {}, stderr }, flags);
  const progress = new Progress({ ...terminal, animated: true });
  const earlier = { succeeded: 0, failed: 0, unknown: 0, skipped: 0 };
  const started = {
    runId: 'r',
    dir: 'd',
    total: 30,
    resumedFrom: 0,
    limitPerWindow: undefined,
    windowMs: 60_000,
    callsPerRow: 1,
  };
  progress.event({ type: 'run-started', ...started, earlier });
  const row = {
    userId: undefined,
    login: undefined,
    outcome: 'succeeded',
    reason: undefined,
    status: undefined,
    oktaCode: undefined,
    requestId: undefined,
    message: undefined,
  } as const;
  for (let at = 1; at <= 24; at += 1) progress.event({ type: 'row', row: at, ...row });
  progress.event({ type: 'row', row: 25, ...row, outcome: 'skipped' });
  progress.event({ type: 'settling', rows: 0, untilMs: 0 });
  await new Promise((resolve) => void setImmediate(resolve));
  expect(shown).toMatch(/25 of 30 .* left/);
  // A user who is skipped has not failed.
  expect(shown).toContain('24 done · 0 failed · 0 unknown · 1 skipped');
  progress.event({ type: 'settling', rows: 3, untilMs: UNTIL_MS });
  const line = 'waiting until 04:31:20 to see whether 3 calls took effect';
  await new Promise((resolve) => void setImmediate(resolve));
  expect(shown).toContain(line);
  // The pace so far says nothing about rows that wait.
  expect(shown).not.toMatch(/ left/);
  progress.event({ type: 'settling', rows: 0, untilMs: 0 });
  await new Promise((resolve) => void setImmediate(resolve));
  expect(shown).not.toContain(line);
  progress.end();
});
