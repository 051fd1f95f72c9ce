import { describe, expect, test } from '@jest/globals';
import { NO_CHAOS, type Chaos } from '../../../src/sandbox/chaos/chaos.ts';
import { resolveOptions } from '../../../src/sandbox/options.ts';
import { Org } from '../../../src/sandbox/org/org.ts';
import { linkHeaders, readPage, scanPage, slicePage } from '../../../src/sandbox/wire/paging.ts';
import type { Exchange } from '../../../src/sandbox/wire/exchange.ts';
import { ManualClock } from '../rig.ts';

function asked(target: string, chaos: Partial<Chaos> = {}, origin = 'http://acme.example:8080') {
  const settings = resolveOptions({ users: 1, chaos: { ...NO_CHAOS, ...chaos } });
  const query = new URLSearchParams(target.split('?')[1] ?? '');
  const org = new Org(settings, new ManualClock());
  return { origin, target, query, org } as unknown as Exchange;
}
const cursor = (from: number) => Buffer.from(`c${from}`).toString('base64url');
const TARGET = '/api/v1/users?limit=2&after=abc&search=x';

describe('the next page', () => {
  test.each<[string, Partial<Chaos>, string, string]>([
    ['is on the same org', {}, 'http://acme.example:8080', 'http://acme.example:8080'],
    [
      'is on the org’s other name, if chaos says so',
      { adminNext: true },
      'https://acme.example',
      'https://acme-admin.example',
    ],
    ['keeps the port', { adminNext: true }, 'http://localhost:80', 'http://localhost-admin:80'],
    ['has http for https', { schemeNext: true }, 'https://acme.example', 'http://acme.example'],
    ['has https for http', { schemeNext: true }, 'http://acme.example:1', 'https://acme.example:1'],
    [
      'has both',
      { adminNext: true, schemeNext: true },
      'https://acme.example',
      'http://acme-admin.example',
    ],
    [
      'is foreign',
      { foreignNext: 'http://evil.example' },
      'http://a.example',
      'http://evil.example',
    ],
  ])('%s', (_what, chaos, origin, seen) => {
    expect(linkHeaders(asked(TARGET, chaos, origin), 7)).toEqual([
      ...['Link', `<${origin}${TARGET}>; rel="self"`],
      ...['Link', `<${seen}/api/v1/users?after=${cursor(7)}&limit=2&search=x>; rel="next"`],
    ]);
  });

  test('is the same page, if chaos says so', () => {
    const [, , , next] = linkHeaders(asked(TARGET, { loopNext: true }), 7);
    expect(next).toBe(`<http://acme.example:8080${TARGET}>; rel="next"`);
  });

  test('of a request without a query has only its place', () => {
    const [, , , next] = linkHeaders(asked('/api/v1/users'), 7);
    expect(next).toBe(`<http://acme.example:8080/api/v1/users?after=${cursor(7)}>; rel="next"`);
  });

  test('is not there after the last one', () => {
    expect(linkHeaders(asked('/a?b=c'), undefined)).toEqual([
      'Link',
      '<http://acme.example:8080/a?b=c>; rel="self"',
    ]);
  });
});

describe('a page', () => {
  test.each([
    ['', { from: 0, limit: 20 }],
    ['limit=1', { from: 0, limit: 1 }],
    ['limit=50', { from: 0, limit: 50 }],
    ['limit=51', { from: 0, limit: 50 }],
    [`limit=5&after=${cursor(12)}`, { from: 12, limit: 5 }],
    [`after=${cursor(0)}`, { from: 0, limit: 20 }],
  ])('of "%s"', (query, page) => {
    expect(readPage(asked(`/x?${query}`), 20, 50)).toEqual(page);
  });

  test.each([
    ['limit=0', 'E0000001'],
    ['limit=-1', 'E0000001'],
    ['limit=1.5', 'E0000001'],
    ['limit=many', 'E0000001'],
    [`after=${Buffer.from('d7').toString('base64url')}`, 'E0000031'],
    [`after=${Buffer.from('c7 ').toString('base64url')}`, 'E0000031'],
    [`after=${Buffer.from('c').toString('base64url')}`, 'E0000031'],
    ['after=', 'E0000031'],
  ])('of "%s" is refused with %s', (query, code) => {
    const refusal = readPage(asked(`/x?${query}`), 20, 50);
    expect('body' in refusal && [refusal.status, JSON.parse(refusal.body)]).toMatchObject([
      400,
      { errorCode: code },
    ]);
  });

  test('can be empty only where that is allowed', () => {
    expect(readPage(asked('/x?limit=0'), 20, 50, 0)).toEqual({ from: 0, limit: 0 });
  });

  const isEven = (index: number) => index % 2 === 0;
  const LIST = ['a', 'b', 'c', 'd'];
  test.each([
    [{ from: 0, limit: 2 }, [0, 2], 4, ['a', 'b'], 2],
    [{ from: 0, limit: 5 }, [0, 2, 4, 6, 8], undefined, LIST, undefined],
    [{ from: 3, limit: 2 }, [4, 6], 8, ['d'], undefined],
    [{ from: 2, limit: 2 }, [2, 4], 6, ['c', 'd'], undefined],
    [{ from: 10, limit: 2 }, [], undefined, [], undefined],
  ])('%j', (page, scanned, afterScan, sliced, afterSlice) => {
    expect(scanPage(page, 10, isEven)).toEqual({ found: scanned, next: afterScan });
    expect(slicePage(page, LIST)).toEqual({ found: sliced, next: afterSlice });
  });
});
