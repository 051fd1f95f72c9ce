/** What the console takes from a page: the bounds of each request, and which desktop a link opens on. */
import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import * as asked from '../../src/console/api/requests.ts';
import { hasDesktop } from '../../src/console/desktop-browser.ts';

const long = (length: number) => 'x'.repeat(length);
const id = long(128);
const shown = 'a'.repeat(64);

/** What each request takes, up to its longest, and what it refuses, one too long or one that it does not know. */
const REQUESTS: readonly [string, z.ZodType, readonly unknown[], readonly unknown[]][] = [
  [
    'connect',
    asked.CONNECT,
    [
      { kind: 'token', url: long(2000), token: long(4096) },
      { kind: 'profile', profile: long(200) },
      { kind: 'environment' },
      { kind: 'sandbox' },
      { kind: 'sandbox', users: 1 },
      { kind: 'sandbox', users: 100_000 },
    ],
    [
      { kind: 'token', url: long(2001), token: 'x' },
      { kind: 'token', url: 'x', token: long(4097) },
      { kind: 'token', url: 'x' },
      { kind: 'profile', profile: long(201) },
      { kind: 'environment', token: 'x' },
      { kind: 'sandbox', users: 0 },
      { kind: 'sandbox', users: 100_001 },
      { kind: 'sandbox', users: 1.5 },
      { kind: '' },
    ],
  ],
  [
    'upload',
    asked.UPLOAD,
    [{ name: long(255) }, { name: '', pasted: true }],
    [{ name: long(256) }, {}, { name: 'x', pasted: 'yes' }],
  ],
  [
    'part of an upload',
    asked.PART,
    [
      { part: 0, base64: '', last: false },
      { part: 1_000_000_000, base64: long(1_398_108), last: true },
    ],
    [
      { part: -1, base64: '', last: false },
      { part: 1_000_000_001, base64: '', last: false },
      { part: 0, base64: long(1_398_109), last: false },
      { part: 0, base64: '' },
    ],
  ],
  [
    'draft',
    asked.DRAFT,
    [
      {},
      { flags: { [long(64)]: [long(10_000)], a: null, b: [] } },
      { flags: { user: Array<string>(5000).fill('u') }, files: Array<string>(50).fill(id) },
      { excludes: Array<string>(50).fill('a.b-c_1') },
    ],
    [
      { flags: { [long(65)]: [] } },
      { flags: { a: [long(10_001)] } },
      { flags: { a: Array<string>(5001).fill('u') } },
      { flags: { a: 'x' } },
      { files: Array<string>(51).fill('a') },
      { files: [long(129)] },
      { files: ['../a'] },
      { files: [''] },
      { excludes: Array<string>(51).fill('a') },
      { other: 1 },
    ],
  ],
  [
    'peek',
    asked.PEEK,
    [{ upload: id }, { upload: 'a', whole: 'yes' }],
    [{ upload: 'a', whole: 'no' }, {}],
  ],
  ['groups', asked.GROUPS, [{ search: long(200) }], [{ search: long(201) }, {}]],
  [
    'count',
    asked.COUNT,
    [{ search: long(4000) }, { filter: long(4000) }, { group: long(200) }, { all: 'yes' }],
    [
      {},
      { search: 'x', filter: 'x' },
      { search: long(4001) },
      { filter: long(4001) },
      { group: long(201) },
      { all: 'no' },
    ],
  ],
  ['consent', asked.CONSENT, [{}, { canary: long(64) }], [{ canary: long(65) }]],
  [
    'rows',
    asked.ROWS,
    [
      { from: '1', count: '1' },
      { from: '999999999', count: '200', search: long(200), verdict: 'skip' },
      { reason: long(2000), outcome: long(200), error: long(2000), handed: 'no' },
    ],
    [
      { count: '0' },
      { count: '201' },
      { from: '1000000000' },
      { from: '-1' },
      { from: '1e3' },
      { from: '' },
      { search: long(201) },
      { reason: long(2001) },
      { outcome: long(201) },
      { error: long(2001) },
      { verdict: 'maybe' },
      { handed: '' },
    ],
  ],
  [
    'execute',
    asked.EXECUTE,
    [{ shown }, { shown, confirm: long(300), flags: { canary: ['5'] } }],
    [
      {},
      { shown: `${shown}a` },
      { shown: shown.slice(1) },
      { shown: shown.toUpperCase() },
      { shown, confirm: long(301) },
    ],
  ],
  [
    'answer',
    asked.ANSWER,
    [
      { question: 'q', goOn: false },
      { question: 'q', goOn: true, confirm: long(300) },
    ],
    [
      { question: 'q' },
      { question: '', goOn: true },
      { question: 'q', goOn: true, confirm: long(301) },
    ],
  ],
  ['stop', asked.STOP, [{ phase: 'drain' }, { phase: 'leave' }], [{}, { phase: '' }]],
  [
    'rerun',
    asked.RERUN,
    [
      {},
      { only: ['failed', 'unknown'], errors: Array<string>(100).fill(long(100)) },
      { rows: Array<number>(1000).fill(1), flags: {} },
    ],
    [
      { only: [] },
      { only: ['all'] },
      { errors: [] },
      { errors: [long(101)] },
      { errors: Array<string>(101).fill('x') },
      { rows: [] },
      { rows: [0] },
      { rows: Array<number>(1001).fill(1) },
    ],
  ],
  ['follow-up', asked.FOLLOWUP, [{}, { linkLifetime: long(20) }], [{ linkLifetime: long(21) }]],
  [
    'resend',
    asked.RESEND,
    [{}, { only: Array<string>(20).fill(long(40)) }],
    [{ only: [] }, { only: [long(41)] }, { only: Array<string>(21).fill('x') }],
  ],
  ['handing over', asked.HANDED_OVER, [{ done: true }], [{}, { done: 'yes' }]],
  ['nothing', asked.NOTHING, [{}], [{ done: true }, []]],
  ['events', asked.EVENTS, [{}, { after: '999999999999999' }], [{ after: '' }, { after: '-1' }]],
];

describe.each(REQUESTS)('%s', (_, schema, taken, refused) => {
  test('accepts what a page sends, up to its limits', () => {
    for (const request of taken) expect(schema.safeParse(request).success).toBe(true);
  });

  test('refuses one more, and what it does not know', () => {
    for (const request of refused)
      expect([JSON.stringify(request).slice(0, 200), schema.safeParse(request).success]).toEqual([
        expect.anything(),
        false,
      ]);
  });
});

test('numbers of a query become numbers', () => {
  expect(asked.ROWS.parse({ from: '7', count: '20' })).toEqual({ from: 7, count: 20 });
});

test.each<[NodeJS.Platform, Readonly<Record<string, string>>, boolean]>([
  ['darwin', {}, true],
  ['win32', {}, true],
  ['linux', {}, false],
  ['linux', { DISPLAY: ':0' }, true],
  ['linux', { DISPLAY: '' }, false],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
  ['darwin', { CI: '1' }, false],
  ['darwin', { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }, false],
  ['linux', { DISPLAY: ':10', SSH_TTY: '/dev/pts/1' }, false],
  ['darwin', { CI: '' }, true],
])('on %s with %j a person is at the desktop: %s', (platform, env, isThere) => {
  expect(hasDesktop({ platform, env })).toBe(isThere);
});
