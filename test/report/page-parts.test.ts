/** The parts of report.html by themselves: lists, tables, filters and lanes, as a person or a screen reader finds them. */
import { describe, expect, test } from '@jest/globals';
import type { RunRecords } from '../../src/domain/run/run-records.ts';
import { Timeline } from '../../src/domain/run/timeline.ts';
import { chartOf } from '../../src/report/chart.ts';
import {
  attributesOf,
  bodyOf,
  sectionOf,
  tableOf,
  textOf,
  textsOf,
  type Told,
} from './page-body.ts';
import { ended, runFile, START_MS, userId } from './sample.ts';

/** One row of each outcome: succeeded, failed, unknown, skipped, not attempted. */
const EACH: Told = {
  rows: 5,
  verdicts: { 4: { kind: 'skip', reason: 'status:SUSPENDED' } },
  endings: (row) =>
    [
      ended(1),
      ended(2, { outcome: 'failed', status: 403, oktaCode: 'E0000006', message: 'No permission' }),
      ended(3, { outcome: 'unknown', reason: 'undecided' }),
    ][row - 1],
};
const PLAN: Told = { rows: 3, verdicts: { 3: { kind: 'skip', reason: 'excluded' } } };

describe('the counts', () => {
  const countsOf = async (what: Told, heading: string) => {
    const items = sectionOf(await bodyOf(what), heading).match(/<li\b.*?<\/li>/gs) ?? [];
    return items.map((item) => [
      attributesOf(item, 'class')[0],
      ...[textsOf(item, 'strong')[0], textsOf(item, 'span')[0]],
    ]);
  };

  test('of a run have every outcome, those without rows too', async () => {
    expect(await countsOf(EACH, 'How the rows ended')).toEqual([
      ['succeeded', '1', 'Succeeded'],
      ['skipped', '1', 'Skipped'],
      ['failed', '1', 'Failed'],
      ['unknown', '1', 'Unknown'],
      ['not-attempted', '1', 'Not attempted'],
      ['all', '5', 'All rows'],
    ]);
    const classes = (await countsOf({ endings: (row) => ended(row) }, 'How the rows ended')).map(
      ([name]) => name,
    );
    expect(classes).toEqual([
      ...['succeeded', 'skipped zero', 'failed zero', 'unknown zero', 'not-attempted zero', 'all'],
    ]);
  });

  test('of a plan have whom it would act on, and whom not', async () => {
    expect(await countsOf(PLAN, 'What would happen')).toEqual([
      ['skipped', '1', 'Skipped'],
      ['not-attempted', '2', 'To act on'],
      ['all', '3', 'All rows'],
    ]);
  });
});

describe('the table of all rows', () => {
  const headsOf = async (what: Told) => {
    const section = sectionOf(await bodyOf(what), 'All rows');
    const [head = ''] = /<thead>.*?<\/thead>/s.exec(section) ?? [];
    return (head.match(/<th\b.*?<\/th>/gs) ?? []).map((cell) =>
      [
        attributesOf(cell, 'data-column')[0],
        textOf(cell),
        attributesOf(cell, 'class')[0],
        attributesOf(cell, 'aria-sort')[0] ?? '',
      ]
        .join(' ')
        .trim(),
    );
  };
  const SHARED = ['2 Who c-who', '1 Outcome c-outcome', '4 Why c-why'];

  test('names its columns, by the places of their values; a plan has none of calls', async () => {
    expect(await headsOf(EACH)).toEqual([
      ...['0 Row c-row ascending', ...SHARED],
      ...['5 HTTP c-http', '3 User id c-id', '10 Ended (UTC) c-time'],
    ]);
    expect(await headsOf(PLAN)).toEqual(['0 Row c-row ascending', ...SHARED, '3 User id c-id']);
  });

  test('has what the input named its users by, instead of their ids', async () => {
    const named = { input: '4711', columns: { Staff: '4711' } };
    const what = { ...EACH, run: { columns: ['Staff'] }, more: { 1: named } };
    expect(await headsOf(what)).toEqual([
      ...['0 Row c-row ascending', '13 Staff c-named', ...SHARED],
      ...['5 HTTP c-http', '10 Ended (UTC) c-time'],
    ]);
  });

  test('can be filtered by each outcome, code and reason that there is, with their numbers', async () => {
    const filtersOf = async (what: Told) => {
      const [form = ''] = /<form\b.*?<\/form>/s.exec(await bodyOf(what)) ?? [];
      const [select = ''] = /<select\b.*?<\/select>/s.exec(form) ?? [];
      const [fieldset = ''] = /<fieldset\b.*?<\/fieldset>/s.exec(form) ?? [];
      const boxes = fieldset.match(/<label\b.*?<\/label>/gs) ?? [];
      return [
        attributesOf(select, 'value'),
        textsOf(select, 'option'),
        boxes.map((box) => [...attributesOf(box, 'value'), textOf(box)]),
      ];
    };
    expect(await filtersOf(EACH)).toEqual([
      ['E0000006', 'undecided', 'status:SUSPENDED'],
      [...['any code or reason', 'E0000006 (1)', 'undecided (1)', 'status:SUSPENDED (1)']],
      [
        ['succeeded', 'Succeeded 1'],
        ['skipped', 'Skipped 1'],
        ['failed', 'Failed 1'],
        ['unknown', 'Unknown 1'],
        ['not-attempted', 'Not attempted 1'],
      ],
    ]);
    const section = sectionOf(await bodyOf(EACH), 'All rows');
    // Names are not checked as words, and the keyboard reaches the table in its turn.
    expect(attributesOf(section, 'spellcheck')).toEqual(['false']);
    expect(attributesOf(section, 'tabindex')).toEqual(['0']);
    const [, , plan] = await filtersOf(PLAN);
    expect(plan).toEqual([
      ['skipped', 'Skipped 1'],
      ['not-attempted', 'To act on 2'],
    ]);
  });

  test('says how many rows the page has, if those are not all', async () => {
    const said = async (what: Told) => textsOf(sectionOf(await bodyOf(what), 'All rows'), 'p')[0];
    const few = { whole: 1, failedOrUnknown: 9, notAttempted: 9, others: 0, characters: 1e6 };
    expect(await said({ ...EACH, limits: few })).toBe(
      'This page has 3 of 5 rows: those that need attention come first. results.csv has every row.',
    );
    expect(await said(EACH)).not.toContain('This page has');
  });

  test.each([
    [1, '1 row'],
    [25, '25 rows'],
    [26, 'The first 25 of 26 rows; results.csv has all'],
    [1234, 'The first 25 of 1,234 rows; results.csv has all'],
  ])('of %d has a caption on paper: %s', async (rows, caption) => {
    const section = sectionOf(await bodyOf({ rows }), 'All rows');
    expect(textsOf(section, 'caption')).toEqual([caption]);
  });
});

describe('who is left', () => {
  test('is a table on screen and another on paper, with the number of rows', async () => {
    const section = sectionOf(await bodyOf(EACH), 'Who is left');
    const tables = [
      ['Row', 'Who', 'Outcome', 'Why', 'User id', 'Request id'],
      ['2', 'person.2@acme.example', 'Failed', 'E0000006', userId(2), 'Yreq2'],
      ['3', 'person.3@acme.example', 'Unknown', 'undecided', userId(3), 'Yreq3'],
      ['5', 'person.5@acme.example', 'Not attempted', expect.anything(), userId(5), ''],
    ];
    const [screen = '', paper = ''] = section.split('<div class="paper">');
    // The last two have room at the side of a wide page only.
    const [head = ''] = /<thead>.*?<\/thead>/s.exec(screen) ?? [];
    expect(attributesOf(head, 'class')).toEqual(['n', 'side', 'side']);
    const whyOf = (rows: readonly (readonly string[])[]) => rows.map((row) => row.slice(0, 6));
    expect(whyOf(tableOf(screen))).toEqual(tables);
    expect(whyOf(tableOf(paper))).toEqual(tables);
    expect([textsOf(screen, 'summary'), textsOf(paper, 'caption')]).toEqual([
      ...[['3 rows'], ['3 rows']],
    ]);
    expect(screen).toMatch(/<details class="screen" open/);
    expect(textsOf(section, 'p')).toEqual([
      '1 failed and 1 unknown, listed in failed.csv. 1 not attempted, listed in not-attempted.csv. Both files are next to this one. Each can be the input of the next run.',
    ]);
  });

  test('is folded if there are more than ten, and says so if there is nobody', async () => {
    const untouched = async (rows: number) =>
      sectionOf(await bodyOf({ rows, endings: () => undefined }), 'Who is left');
    expect(await untouched(10)).toMatch(/<details class="screen" open/);
    expect(await untouched(11)).toMatch(/<details class="screen"\s*>/);
    expect(textsOf(await untouched(11), 'summary')).toEqual(['11 rows']);
    expect(textsOf(await untouched(1), 'p')).toEqual([
      '1 not attempted, listed in not-attempted.csv. The file is next to this one, and can be the input of the next run.',
    ]);
    const nobody = sectionOf(await bodyOf({ endings: (row) => ended(row) }), 'Who is left');
    expect([textsOf(nobody, 'p'), tableOf(nobody)]).toEqual([
      ...[['Nobody: every row to act on succeeded.'], []],
    ]);
    expect(sectionOf(await bodyOf(PLAN), 'Who is left')).toBe('');
  });
});

test.each<readonly [string, string, string]>([
  ['f', '1 failed, listed in failed.csv.', 'The file is'],
  ['u', '1 unknown, listed in failed.csv.', 'The file is'],
  ['fuu', '1 failed and 2 unknown, listed in failed.csv.', 'The file is'],
  ['-', '1 not attempted, listed in not-attempted.csv.', 'The file is'],
  [
    ...(['f-', '1 failed, listed in failed.csv. 1 not attempted, listed in'] as const),
    'not-attempted.csv. Both files are',
  ],
  [
    ...(['u--', '1 unknown, listed in failed.csv. 2 not attempted, listed in'] as const),
    'not-attempted.csv. Both files are',
  ],
])('who is left of the rows %s is in the files that are named', async (rows, said, files) => {
  const endings = (row: number) => {
    const letter = rows[row - 1];
    if (letter === '-') return undefined;
    return ended(row, { outcome: letter === 'f' ? 'failed' : 'unknown', reason: 'refused' });
  };
  const section = sectionOf(await bodyOf({ rows: rows.length, endings }), 'Who is left');
  expect(textsOf(section, 'p')[0]).toMatch(new RegExp(`^${said} ${files} `));
});

test('of many who are left the first hundred are listed', async () => {
  const captions = async (rows: number) =>
    textsOf(sectionOf(await bodyOf({ rows, endings: () => undefined }), 'Who is left'), 'caption');
  expect(await captions(100)).toEqual(['100 rows']);
  expect(await captions(101)).toEqual(['The first 100 of 101']);
});

test('what comes next follows the warnings, or has its own section, or neither is there', async () => {
  const none = { preview: { ...runFile().preview, warnings: [] } };
  const over: Told = { rows: 1, verdicts: { 1: { kind: 'skip', reason: 'excluded' } } };
  const partsOf = async (what: Told) => {
    const body = await bodyOf({ ...over, endings: () => undefined, ...what });
    const section = sectionOf(body, 'Warnings') + sectionOf(body, 'Next');
    const [notes = ''] = /<ul class="notes".*?<\/ul>/s.exec(section) ?? [];
    return [
      [...textsOf(section, 'h2'), ...textsOf(section, 'h3')],
      textsOf(notes, 'li').length,
      section.includes('<ul class="next">'),
    ];
  };
  expect(await partsOf({})).toEqual([['Warnings'], 2, false]);
  expect(await partsOf({ run: none })).toEqual([[], 0, false]);
  expect(await partsOf({ verdicts: {} })).toEqual([['Warnings', 'Next'], 2, true]);
  expect(await partsOf({ verdicts: {}, run: none })).toEqual([['Next'], 0, true]);
});

describe('what went wrong', () => {
  test('has for each code how often, what it means, what to do, what Okta said, and to whom', async () => {
    const section = sectionOf(await bodyOf(EACH), 'What went wrong');
    const [first = '', second = ''] = section.split('<div class="group">').slice(1);
    expect([textsOf(first, 'h3'), textOf(first)]).toEqual([
      ['E0000006'],
      expect.stringMatching(
        /^1 ×E0000006\S.+\.Next: .+ Who can: .+\.Okta said: No permissionFor example person\.2@acme\.example\./,
      ),
    ]);
    expect(textOf(second)).not.toContain('Okta said');
    expect(attributesOf(section, 'href')).toEqual(['#why=E0000006', '#why=undecided']);
  });

  test('counts one failed and one unknown row apart, and cuts a long name', async () => {
    const endings = (row: number) =>
      ended(row, { outcome: row === 1 ? 'unknown' : 'failed', oktaCode: 'E0009999' });
    const more = { 1: { login: 'x'.repeat(61) }, 2: { login: 'y'.repeat(60) } };
    const text = textOf(sectionOf(await bodyOf({ rows: 2, endings, more }), 'What went wrong'));
    expect(text).toContain('1 failed, 1 unknown');
    expect(text).toContain(`For example ${'x'.repeat(59)}…, ${'y'.repeat(60)}. `);
  });

  test('names no failed rows where all of a code are unknown', async () => {
    const endings = (row: number) => ended(row, { outcome: 'unknown', reason: 'undecided' });
    const section = sectionOf(await bodyOf({ endings }), 'What went wrong');
    expect(textsOf(section, 'h3')).toEqual(['undecided']);
  });

  test('shows codes as code, and sentences as text', async () => {
    const groupOf = async (more: Partial<RunRecords>) => {
      const body = await bodyOf({ rows: 1, endings: () => undefined, records: more });
      return /<h3>.*?<\/h3>/s.exec(sectionOf(body, 'What went wrong'))?.[0];
    };
    const open = { attempts: 1, pending: undefined } as const;
    const half = () => ({ ...open, stepsApplied: ['temp-password'] }) as never;
    expect(await groupOf({ stateOf: () => 'open' })).toBe(
      '<h3>not checked yet: okta-reset resume checks it</h3>',
    );
    expect(await groupOf({ stateOf: () => 'open', openRow: half })).toBe(
      '<h3>half-done: okta-reset resume completes it</h3>',
    );
    expect(await groupOf({ stateOf: () => 'ended' })).toBe(
      '<h3><code><bdi>record-unreadable</bdi></code></h3>',
    );
  });

  test('counts failed and unknown rows of one code apart, and names three users', async () => {
    const endings = (row: number) =>
      ended(row, { outcome: row === 2 ? 'unknown' : 'failed', oktaCode: 'E0009999' });
    const text = textOf(sectionOf(await bodyOf({ rows: 4, endings }), 'What went wrong'));
    expect(text).toContain('4 ×E0009999 3 failed, 1 unknown');
    expect(text).toContain('This code is not in the catalog.');
    expect(text).toMatch(
      /For example person\.1@acme\.example, person\.2@acme\.example, person\.3@acme\.example\. /,
    );
  });
});

test('who was skipped is a table of reasons, each with its rows and its meaning', async () => {
  const table = tableOf(sectionOf(await bodyOf(EACH), 'Who was skipped'));
  expect(table[0]).toEqual(['Reason', 'Rows', 'Meaning']);
  const [reason, rows, meaning] = table[1] ?? [];
  expect([table.length, rows, meaning]).toEqual([2, '1', expect.stringMatching(/^\S.+\.$/)]);
  // On screen it is a link to these rows, and on paper a word.
  expect(reason).toBe('status:SUSPENDEDstatus:SUSPENDED');
  expect(sectionOf(await bodyOf(PLAN), 'Who would be skipped')).toContain(
    '#outcome=skipped&amp;why=excluded',
  );
  expect(await bodyOf({ rows: 2 })).not.toContain('Who would be skipped');
});

test('the files next to the page are named with their digests and sizes', async () => {
  const digests = [
    { name: 'results.csv', sha256: 'a'.repeat(64), bytes: 1 },
    { name: 'failed.csv', sha256: 'b'.repeat(64), bytes: 12_345 },
  ];
  const facts = async (what: Told) => {
    const section = sectionOf(await bodyOf({ ...what, digests }), 'Integrity');
    return textsOf(section, 'dt').map((name, at) => [name, textsOf(section, 'dd')[at]]);
  };
  const files = [
    ['results.csv', `${'a'.repeat(64)} (1 byte)`],
    ['failed.csv', `${'b'.repeat(64)} (12,345 bytes)`],
    ['Written', expect.stringMatching(/^2026-11-22 04:15:02 UTC by okta-reset \d/)],
  ];
  const plan = ['Plan (SHA-256)', runFile().planDigest];
  expect(await facts(EACH)).toEqual([
    plan,
    ['Journal', expect.stringMatching(/\w/)],
    ['Last journal link', 'ab'.repeat(32)],
    ...files,
  ]);
  expect(await facts(PLAN)).toEqual([plan, ...files]);
});

describe('calls over time', () => {
  /** One call a second, for this long. */
  function calling(seconds: number): Timeline {
    const timeline = new Timeline();
    for (let at = 0; at < seconds; at += 1) timeline.add('calls', START_MS + at * 1000);
    return timeline;
  }
  const sectionWith = async (timeline: Timeline, more: Told = {}) =>
    sectionOf(
      await bodyOf({ ...EACH, ...more, records: { timeline, ...more.records } }),
      'Calls over time',
    );

  test('have a lane for each cause of a wait, on one scale of time', async () => {
    const timeline = calling(10);
    timeline.wait('throttled', START_MS + 2000, 3000);
    timeline.wait('throttled', START_MS + 8000, 1);
    timeline.wait('window', START_MS + 5000, 2000);
    const section = await sectionWith(timeline);
    const [lanes = ''] = /<ul class="lanes">.*?<\/ul>/s.exec(section) ?? [];
    const said = (lanes.match(/<li\b.*?<\/li>/gs) ?? []).map((lane) => [
      textOf(lane),
      attributesOf(lane, 'viewBox'),
      attributesOf(lane, 'x').map(Number),
      attributesOf(lane, 'width').map(Number),
    ]);
    expect(said).toEqual([
      [expect.stringMatching(/next window · 1 wait, 2 s$/), ['0 0 1000 10'], [500], [200]],
      [
        expect.stringMatching(/429.* · 2 waits, 3(?:\.0)? s$/),
        ['0 0 1000 10'],
        [200, 800],
        [300, 1.5],
      ],
    ]);
    expect(await sectionWith(calling(10))).not.toContain('Waits');
  });

  test('have lanes that are exact to a tenth of a thousandth', async () => {
    const timeline = calling(9);
    timeline.wait('window', START_MS + 4000, 2000);
    const [lanes = ''] = /<ul class="lanes">.*?<\/ul>/s.exec(await sectionWith(timeline)) ?? [];
    expect([...attributesOf(lanes, 'x'), ...attributesOf(lanes, 'width')]).toEqual([
      ...['444.4', '222.2'],
    ]);
  });

  test('are of a run, and its buckets are there if it has any', async () => {
    const bucketsOf = async (buckets: readonly string[]) => {
      const traffic = buckets.map((bucket) => ({ bucket, calls: 1, throttled: 0, waitedMs: 0 }));
      return textsOf(await sectionWith(calling(1), { records: { traffic } }), 'code');
    };
    for (const buckets of [[], ['/api/v1/users'], ['/api/v1/users', '/api/v1/logs']])
      expect(await bucketsOf(buckets)).toEqual(buckets);
    expect(await sectionWith(calling(1), { records: { traffic: [] } })).not.toContain('bucket');
    expect(sectionOf(await bodyOf(PLAN), 'Calls over time')).toBe('');
  });

  test('are drawn from what the page gives its script', async () => {
    const timeline = calling(40);
    timeline.wait('throttled', START_MS + 2000, 3000);
    const body = await bodyOf({ ...EACH, records: { timeline } });
    const chart = /<script type="application\/json" id="chart">([^<]*)<\/script>/.exec(body)?.[1];
    const { preview } = runFile();
    expect(JSON.parse(chart ?? '')).toEqual(
      JSON.parse(JSON.stringify(chartOf(timeline, preview.estimate))),
    );
  });

  test('are a table of numbers, and of buckets', async () => {
    const timeline = calling(2);
    for (const [at, series] of (['succeeded', 'failed', 'unknown', 'throttled'] as const).entries())
      timeline.add(series, START_MS, at + 1);
    timeline.wait('window', START_MS + 1000, 500);
    const traffic = [
      { bucket: '/api/v1/users', calls: 4100, throttled: 3, waitedMs: 52_000 },
      { bucket: '/api/v1/logs', calls: 1, throttled: 0, waitedMs: 0 },
    ];
    const section = await sectionWith(timeline, { records: { traffic } });
    const [numbers = '', buckets = ''] = section.split('</details>');
    expect(tableOf(numbers)).toEqual([
      ['From', 'Calls', '429s', 'Waited', 'Succeeded', 'Failed', 'Unknown'],
      ['2026-11-22 03:15:02 UTC', '1', '4', '–', '1', '2', '3'],
      [
        '2026-11-22 03:15:03 UTC',
        '1',
        '0',
        expect.stringMatching(/^(?:500 ms|0\.5 s|1 s)$/),
        '0',
        '0',
        '0',
      ],
    ]);
    expect(tableOf(buckets)).toEqual([
      ['Rate-limit bucket', 'Calls', '429s', 'Waited'],
      ['/api/v1/users', '4,100', '3', '52 s'],
      ['/api/v1/logs', '1', '0', '–'],
    ]);
    expect(textsOf(section, 'p')).toEqual(['3 calls refused with 429.']);
  });

  test('are drawn from three bars on, with the limit if it is known and the run was long enough', async () => {
    const traffic = { records: { traffic: [] } };
    const said = async (seconds: number, limitPerWindow?: number) => {
      const { preview } = runFile();
      const estimate = { ...preview.estimate, limitPerWindow, windowMs: 10_000 };
      const run = { preview: { ...preview, estimate } };
      const section = await sectionWith(calling(seconds), { ...traffic, run });
      return [textsOf(section, 'p')[0], section.includes('id="timeline-chart"')];
    };
    const none = 'No call was refused with 429.';
    expect(await said(2)).toEqual([none, false]);
    expect(await said(3)).toEqual([
      `One bar per second. The org's limit was not known. ${none}`,
      true,
    ]);
    const allowed = 'Okta allowed 50 calls per 10 s, of which 90% were to be used.';
    expect(await said(12, 50)).toEqual([`${allowed} One bar per second. ${none}`, true]);
    expect(await said(40, 50)).toEqual([
      `${allowed} One bar per 10 s. The dashed line is the limit. ${none}`,
      true,
    ]);
    expect((await said(0))[0]).toBe('No call was sent.');
  });
});

test('each section is named by its heading, no two things have one id, and each link leads somewhere', async () => {
  for (const what of [EACH, PLAN, { rows: 0 }, { endings: (row: number) => ended(row) }]) {
    const body = await bodyOf(what);
    const ids = attributesOf(body, 'id');
    expect(ids.filter((id, at) => id === '' || ids.indexOf(id) !== at)).toEqual([]);
    const named = attributesOf(body, 'aria-labelledby');
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
    const jumps = attributesOf(body, 'href').filter((href) => !href.includes('='));
    expect(jumps).toEqual(['#all']);
  }
});
