/** The table of a run: what a filter finds, and what a row shows and offers. */
import { describe, expect, test } from '@jest/globals';
import type { ToldAttempt } from '../../src/app/runs/row-attempts.ts';
import type { RunTable, SeenRow } from '../../src/app/runs/run-tables.ts';
import type { HandOut } from '../../src/app/secrets/hand-outs.ts';
import { BOUNDS } from '../../src/console/api/bounds.ts';
import { rowDetail } from '../../src/console/state/runs/row-detail.ts';
import { scanRows, tableRow, type RowsRequest } from '../../src/console/state/runs/table-rows.ts';
import type { ResultRow } from '../../src/domain/row/result.ts';
import type { EffectRecord, OutcomeRecord } from '../../src/domain/run/journal-record.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import { clock, planned, runFile, RUN_ID, userId } from '../report/sample.ts';

function seen(row: number, result: Partial<ResultRow>, plan: Partial<SeenRow['planned']> = {}) {
  const line = planned(row, { kind: 'act' }, plan);
  const { source, input, userId: id, login, columns } = line;
  const none = { reason: undefined, httpStatus: undefined, startedAt: undefined };
  const unsaid = { oktaErrorCode: undefined, oktaError: undefined, oktaRequestId: undefined };
  return {
    planned: line,
    result: {
      ...{ row, source, line: row + 1, input, userId: id, login, columns, runId: RUN_ID },
      ...{ outcome: 'succeeded' as const, action: 'reset-password', attempts: 1 },
      ...{ finishedAt: '2026-11-22T03:20:00.000Z', ...none, ...unsaid, ...result },
    },
  };
}

const REFUSED = { outcome: 'failed', httpStatus: 403, oktaErrorCode: 'E0000006' } as const;
const SKIPPED = { verdict: { kind: 'skip', reason: 'status:SUSPENDED' } } as const;
const ROWS: readonly SeenRow[] = [
  seen(1, {}),
  seen(2, { ...REFUSED, oktaError: 'No permission', oktaRequestId: 'Yabc' }),
  seen(3, { outcome: 'unknown', reason: 'unsettled', oktaErrorCode: 'ETIMEDOUT' }),
  seen(4, { outcome: 'skipped', reason: 'status:SUSPENDED' }, { ...SKIPPED, status: 'SUSPENDED' }),
  seen(5, { outcome: 'skipped', reason: 'admin', detail: 'Holds a role.' }, SKIPPED),
  seen(6, { outcome: 'not-attempted', attempts: 0 }),
  seen(7, { outcome: 'failed', reason: 'secret-lost' }),
  seen(8, { columns: { Cost: 'North Wing' } }),
];

const HANDED: HandOut = {
  shown: 2,
  lastShownAt: '2026-11-22T04:00:00.000Z',
  handedOverAt: '2026-11-22T04:01:00.000Z',
};

function tableOf(run: RunFile): RunTable {
  async function* rows(from: number) {
    yield* ROWS.slice(from - 1);
  }
  return { dir: '', run, rows } as Partial<RunTable> as RunTable;
}

const TEMPORARY: RunFile['spec'] = { ...runFile().spec, action: 'temp-password' };

async function found(request: RowsRequest, spec: RunFile['spec'] = runFile().spec) {
  const table = tableOf(runFile({ rows: ROWS.length, spec }));
  const { signal } = new AbortController();
  const handOuts = new Map([[8, HANDED]]);
  return scanRows(table, request, { clock, signal, handOuts });
}

const numbers = async (request: RowsRequest, spec?: RunFile['spec']) =>
  (await found(request, spec)).rows.map(({ row }) => row);

describe('a search finds', () => {
  test.each<[RowsRequest, readonly number[]]>([
    [{}, [1, 2, 3, 4, 5, 6, 7, 8]],
    [{ search: '' }, [1, 2, 3, 4, 5, 6, 7, 8]],
    [{ search: ' PERSON.3@ ' }, [3]],
    [{ search: userId(6).toUpperCase() }, [6]],
    [{ search: 'suspended' }, [4]],
    [{ search: 'unknown' }, [3]],
    [{ search: 'secret-lost' }, [7]],
    [{ search: 'holds a' }, [5]],
    [{ search: 'e0000006' }, [2]],
    [{ search: 'no permission' }, [2]],
    [{ search: 'yABC' }, [2]],
    [{ search: 'north wing' }, [8]],
    [{ search: 'nobody at all' }, []],
    [{ verdict: 'skip' }, [4, 5]],
    [{ verdict: 'act', outcome: 'skipped' }, []],
    [{ reason: 'admin,secret-lost' }, [5, 7]],
    [{ reason: '' }, [1, 2, 3, 4, 5, 6, 7, 8]],
    [{ outcome: 'failed,unknown' }, [2, 3, 7]],
    [{ error: 'E0000006,ETIMEDOUT' }, [2, 3]],
    // A failure without Okta's code is named by its reason. The reason of a skipped row does not count as a failure.
    [{ error: 'secret-lost,admin' }, [7]],
    [{ outcome: 'failed', search: 'lost' }, [7]],
    [{ handed: 'yes' }, []],
    [{ handed: 'no' }, []],
  ])('%j: %j', async (request, rows) => {
    expect(await numbers(request)).toEqual(rows);
  });

  test('secrets that are handed over, and those that are not, if the run returns any', async () => {
    expect(await numbers({ handed: 'yes' }, TEMPORARY)).toEqual([8]);
    expect(await numbers({ handed: 'no' }, TEMPORARY)).toEqual([1]);
  });

  test('its rows in pages, and says where the next page begins until all rows were looked at', async () => {
    const first = await found({ count: 3 });
    expect([first.rows.length, first.scanned, first.total, first.next]).toEqual([3, 3, 8, 4]);
    const last = await found({ from: 7, count: 2 });
    expect([last.rows.map(({ row }) => row), last.scanned, last.next]).toEqual([
      [7, 8],
      8,
      undefined,
    ]);
    const beyond = await found({ from: 9 });
    expect([beyond.rows, beyond.scanned, beyond.next]).toEqual([[], 8, undefined]);
    expect(BOUNDS.rowsPerPage).toBeGreaterThanOrEqual(100);
  });
});

describe('a row', () => {
  const at = (row: number) => ROWS[row - 1] as SeenRow;

  test('has something to hand over only if it succeeded and the run returns secrets', async () => {
    const { rows } = await found({}, TEMPORARY);
    expect(rows.map(({ handover }) => handover?.kind)).toEqual([
      'temp-password',
      ...[2, 3, 4, 5, 6, 7].map(() => undefined),
      'temp-password',
    ]);
    expect(rows[7]?.handover).toEqual({ kind: 'temp-password', ...HANDED });
    expect(rows[0]?.handover).toMatchObject({ shown: 0, handedOverAt: undefined });
    expect(tableRow(at(1), undefined).handover).toBeUndefined();
  });

  const detail = (row: number, told: readonly ToldAttempt[] = [], run = runFile()) =>
    rowDetail(at(row), told, { run, name: 'monday', handOut: undefined });

  test('that failed or is unknown is offered again by itself and by its code; others are not', () => {
    expect(detail(2).again).toEqual({
      row: {
        request: { only: ['failed'], rows: [2] },
        command: 'okta-reset rerun monday --row 2',
      },
      error: {
        request: { only: ['failed'], errors: ['E0000006'] },
        command: 'okta-reset rerun monday --error E0000006',
      },
    });
    expect(detail(3).again?.row).toEqual({
      request: { only: ['unknown'], rows: [3] },
      command: 'okta-reset rerun monday --only unknown --row 3',
    });
    expect(detail(7).again?.error).toBeUndefined();
    expect([1, 4, 5, 6].map((row) => detail(row).again)).toEqual(Array(4).fill(undefined));
  });

  test('is explained by its code, or by its reason if it was skipped', () => {
    expect(detail(2).meaning).toMatch(/not permitted/i);
    expect(detail(2).remedy).toBeDefined();
    expect(detail(7).meaning).toBeDefined();
    expect(detail(4).meaning).toMatch(/suspended/i);
    expect(detail(1).meaning).toBeUndefined();
  });

  test.each([
    ['https://acme.okta.com', `https://acme-admin.okta.com/admin/user/profile/view/${userId(1)}`],
    [
      'https://acme.oktapreview.com',
      `https://acme-admin.oktapreview.com/admin/user/profile/view/${userId(1)}`,
    ],
    ['http://127.0.0.1:8080', undefined],
    ['https://acme.okta.com.evil.example', undefined],
    ['https://login.acme.example', undefined],
  ])('on %s is found in the Admin Console at %s', (origin, url) => {
    expect(detail(1, [], runFile({ origin })).adminUrl).toBe(url);
  });

  test('that Okta does not know is not linked to the Admin Console', () => {
    const unknown = seen(1, { userId: undefined });
    const run = runFile();
    expect(rowDetail(unknown, [], { run, name: '', handOut: undefined }).adminUrl).toBeUndefined();
  });
});

describe('what was sent for a row', () => {
  const sent = {
    ...{ kind: 'attempt', at: '2026-11-22T03:15:02.100Z', row: 1, attempt: 1 },
    ...{ step: 'reset-password', userId: userId(1) },
  } as Partial<ToldAttempt['sent']> as ToldAttempt['sent'];
  const ending = (more: Partial<OutcomeRecord> | Partial<EffectRecord>) =>
    ({ at: '2026-11-22T03:15:02.300Z', row: 1, attempt: 1, ...more }) as ToldAttempt['ended'];
  const tries = (ended: ToldAttempt['ended']) =>
    rowDetail(ROWS[0] as SeenRow, [{ sent, ended }], {
      ...{ run: runFile(), name: '', handOut: undefined },
    }).tries[0];

  test.each<[ToldAttempt['ended'], string]>([
    [undefined, 'open'],
    [ending({ kind: 'outcome', outcome: 'succeeded' }), 'applied'],
    [ending({ kind: 'outcome', outcome: 'unknown' }), 'unknown'],
    [ending({ kind: 'outcome', outcome: 'failed' }), 'not-applied'],
    [ending({ kind: 'effect', effect: 'applied' }), 'applied'],
    [ending({ kind: 'effect', effect: 'not-applied' }), 'not-applied'],
  ])('%j is shown as %s', (ended, effect) => {
    expect(tries(ended)?.effect).toBe(effect);
  });

  test('is the call that left, when, and Okta’s answer', () => {
    const ended = ending({
      ...{ kind: 'outcome', outcome: 'failed', status: 403, oktaCode: 'E0000006' },
      ...{ message: 'No permission', requestId: 'Yabc', reconciled: true },
    });
    expect(tries(ended)).toMatchObject({
      call: `POST /api/v1/users/${userId(1)}/lifecycle/reset_password?sendEmail=true`,
      sentAt: sent.at,
      endedAt: ended?.at,
      reconciled: true,
      ...{ httpStatus: 403, error: 'E0000006', message: 'No permission', requestId: 'Yabc' },
    });
    expect(tries(undefined)).toMatchObject({ reconciled: false, endedAt: undefined });
  });
});
