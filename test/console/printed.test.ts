import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import type { ConsoleTold } from '../../src/app/console/console-port.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Host } from '../../src/domain/host.ts';
import { host as realHost } from '../../src/host.ts';

const LINK = 'http://127.0.0.1:8400/open/x';

const TOLD: readonly ConsoleTold[] = [
  { kind: 'listening', url: 'http://127.0.0.1:8400', link: LINK },
  { kind: 'link', link: LINK },
  { kind: 'warning', text: 'No browser opens.', hint: 'Open the link yourself.' },
  { kind: 'closing', phase: 'drain', runs: 2 },
  { kind: 'closing', phase: 'leave', runs: 1 },
];

test('what the console prints with --json follows schemas/events.schema.json', async () => {
  const schema = new URL('../../schemas/events.schema.json', import.meta.url);
  const ajv = new Ajv();
  addFormats.default(ajv);
  const valid = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')) as object);
  let out = '';
  const write = (text: string) => {
    out += text;
    return Promise.resolve();
  };
  const stream = { ...realHost.stdout, isTty: false, write };
  const host: Host = { ...realHost, env: {}, stdout: stream, stderr: stream };
  const openConsole = async ({ tell }: { tell: (told: ConsoleTold) => Promise<void> }) => {
    for (const told of TOLD) await tell(told);
    return 0;
  };
  expect(await runCli(['console', '--json'], host, '0.0.0', {}, { openConsole })).toBe(0);
  const events = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string });
  expect(events.map(({ type }) => type)).toEqual(TOLD.map(({ kind }) => `console-${kind}`));
  for (const event of events) expect([event, valid(event)]).toEqual([event, true]);
  expect(valid({ v: 1, type: 'console-closing', phase: 'later', runs: 1 })).toBe(false);
});
