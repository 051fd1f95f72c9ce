import type { Flag } from './flag.ts';

const flag = (name: string, value: string, describe: string): Flag => ({
  name,
  kind: 'text',
  value,
  group: 'Sandbox',
  describe,
});

export const SANDBOX: readonly Flag[] = [
  flag('port', 'N', 'port on 127.0.0.1 (a free one)'),
  flag('users', 'N', 'how many users (500)'),
  flag('seed', 'N', 'the same seed gives the same org (1)'),
  flag('limit', 'N|off', 'calls per window of the users bucket (Okta’s own numbers)'),
  flag('window', 'TIME', 'length of a rate-limit window (60s)'),
  flag('window-start', 'HOW', 'grid or first-call (grid)'),
  flag('concurrency-limit', 'N', 'calls at once before 429 with limit 0 (75)'),
  flag('latency', 'TIME', 'how long each answer takes (0)'),
  flag('url-limit', 'N', 'longest URL accepted, in characters'),
  flag('chaos', 'LIST', 'faults on purpose: reset-after=5%,html-502=1% … (docs/rehearsal.md)'),
];
