/** Ctrl-C works wherever a command is. What is counted is the work that still begins after it. */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { SaxesParser } from 'saxes';
import type { Clock } from '../../src/domain/clock.ts';
import { host } from '../../src/host.ts';
import { onFileCalls } from '../disk/file-calls.ts';
import { sheetOf } from '../selection/workbook.ts';
import { startFront, type Front, type OwnAnswer } from './front.ts';
import {
  closeStages,
  isEligible,
  NO_STACK,
  PLAIN,
  stage,
  type Ran,
  type Running,
  type Stage,
  type Surroundings,
} from './rig.ts';

type Own = (path: string, method: string, calls: number) => OwnAnswer | 'silence' | undefined;

let s: Stage;
let front: Front;
/** What the front answers in the org's place, and whose calls it counts. */
let own: Own = () => undefined;
let key: Key;
let calls = 0;
/** The org has answered 429. */
let isThrottled = false;

beforeAll(async () => {
  s = await stage({ users: 18, seed: 4, mix: PLAIN, clock: host.clock });
  const users = [...s.org.users()].filter(isEligible);
  await s.ids(users.slice(0, 4));
  await s.ids(users.slice(4), 'others.csv');
  front = await startFront(s.org.url, (path, method) => {
    calls += 1;
    key.count();
    return own(path, method, calls);
  });
});
beforeEach(() => begin());
afterAll(() => front.close());
afterAll(closeStages);

function begin(answers: Own = () => undefined): void {
  key = new Key();
  own = answers;
  calls = 0;
  isThrottled = false;
}

/** Stands for a folder that is not there yet. */
const NEW = 'NEW';
let folders = 0;
const DRY = ['--out', NEW];
const id = (nr: number) => `00u${String(nr).padStart(17, 'a')}`;

/** A key that is pressed once, when the event loop next turns: work that never lets it turn hears nothing. */
class Key {
  pressed = false;
  /** What was begun after the key was pressed. */
  after = 0;
  #running: Running | undefined;

  press(): void {
    void setImmediate().then(() => {
      if (this.pressed) return;
      this.pressed = true;
      this.#running?.signal('SIGINT');
    });
  }

  count(): void {
    if (this.pressed) this.after += 1;
  }

  async type(argv: readonly string[], around: Surroundings = {}): Promise<Ran> {
    folders += 1;
    const words = argv.map((word) => (word === NEW ? `new-${folders}` : word));
    this.#running = s.start(words, { env: { OKTA_CLIENT_ORGURL: front.url }, ...around });
    return this.#running.ended;
  }
}

/** The command was stopped by the key, did no more than this much after it, and says so in plain words. */
function expectStopped(ran: Ran, atMost: number): void {
  expect([ran.code, key.pressed, ran.stderr]).toEqual([130, true, ran.stderr]);
  expect(key.after).toBeLessThanOrEqual(atMost);
  expect(ran.stdout + ran.stderr).not.toMatch(NO_STACK);
}

describe('while it reads 1 MB that was made to take long', () => {
  const KB = 1024;
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const HOSTILE: Readonly<Record<string, string>> = {
    'ragged rows': `id,b\n${Array.from({ length: 36_000 }, (_, nr) => `${id(nr)}${','.repeat(nr % 9)}\n`).join('')}`,
    'rows of line breaks': `id,b\n${Array.from({ length: 2000 }, (_, nr) => `${id(nr)},${quoted('\n'.repeat(500))}\n`).join('')}`,
    'cells that begin with quotes': `id,b\n${Array.from({ length: 9000 }, (_, nr) => `${id(nr)},${quoted('"\n'.repeat(20))}\n`).join('')}`,
    'wide rows': `id${',n'.repeat(900)}\n${Array.from({ length: 500 }, (_, nr) => `${id(nr)}${',x'.repeat(900)}\n`).join('')}`,
    commas: ','.repeat(KB * KB),
    blanks: ' '.repeat(KB * KB),
    'an open quote': `id,b\n${id(1)},"${'x\n'.repeat(500_000)}`,
    brackets: '['.repeat(KB * KB),
    'a JSON list': `[${Array.from({ length: 16_000 }, (_, nr) => `{"id":"${id(nr)}","profile":{"a":${nr}}}`).join()}]`,
    'JSON lines': Array.from({ length: 16_000 }, (_, nr) => `{"id":"${id(nr)}","n":${nr}}\n`).join(
      '',
    ),
  };

  const REFUSED = ['commas', 'blanks', 'an open quote', 'brackets'];

  test.each(Object.keys(HOSTILE).flatMap((name) => [1, 6].map((piece) => [name, piece] as const)))(
    '%s, at piece %d of 64 KB',
    async (name, piece) => {
      const bytes = Buffer.from(HOSTILE[name] ?? '');
      let pieces = 0;
      const stdin = (async function* () {
        for (let at = 0; at < bytes.length; at += 64 * KB) {
          await setImmediate();
          key.count();
          pieces += 1;
          if (pieces === piece) key.press();
          yield bytes.subarray(at, at + 64 * KB);
        }
      })();
      const ran = await key.type(['plan', '--file', '-', '--no-lookup', ...DRY], { stdin });
      // A file that is not a list of users is refused at once, too.
      if (ran.code === 3) expect(REFUSED).toContain(name);
      else expectStopped(ran, 1);
      expect(key.after).toBeLessThanOrEqual(1);
    },
  );

  test('a file that unpacks to far more', async () => {
    const rows = Array.from({ length: 30_000 }, (_, nr) => `${id(nr)},${'x'.repeat(40)}\n`);
    await writeFile(s.path('packed.csv.gz'), gzipSync(`id,b\n${rows.join('')}`));
    const ran = await key.type(['plan', '--file', 'packed.csv.gz', '--no-lookup', ...DRY], {
      onStderr: () => key.press(),
    });
    expectStopped(ran, 0);
  });

  const workbook = () => {
    const rows = Array.from({ length: 12_000 }, (_, nr) => [id(nr), nr, `Name ${nr}`]);
    return sheetOf([['id', 'n', 'Name'], ...rows]);
  };
  let content: ReturnType<typeof workbook> | undefined;

  test.each([3, 9])('a workbook, at its piece %d', async (piece) => {
    content ??= workbook();
    await writeFile(s.path('users.xlsx'), content);
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the parser it belongs to
    const { write } = SaxesParser.prototype;
    let pieces = 0;
    const spy = jest.spyOn(SaxesParser.prototype, 'write').mockImplementation(function (
      this: SaxesParser,
      text,
    ) {
      pieces += 1;
      key.count();
      if (pieces === piece) key.press();
      return write.call(this, text);
    });
    const ran = await key
      .type(['plan', '--file', 'users.xlsx', '--no-lookup', ...DRY])
      .finally(() => spy.mockRestore());
    expectStopped(ran, 1);
  });
});

const GO = ['--yes', '--max-users', '100'];

const READING: readonly (readonly string[])[] = [
  ['plan', '--file', 'ids.csv', ...DRY],
  ['plan', '--group', 'Sales', '--exclude-group', 'Engineering', ...DRY],
  ['users', '--all'],
  ['doctor'],
  ['followup', 'done'],
  ['run', '--plan', 'ready', '--concurrency', '2', ...GO],
];

/** A clock by which each wait of more than some seconds, once the org throttles, presses the key; nothing else ends it. */
const pressing: Clock = {
  ...host.clock,
  sleep: (ms, signal) => {
    if (ms < 5000 || !isThrottled) return host.clock.sleep(ms, signal);
    key.press();
    return host.clock.sleep(2 ** 31 - 1, signal);
  },
};

const tooMany = (): OwnAnswer => {
  isThrottled = true;
  return {
    status: 429,
    body: { errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit' },
    headers: {
      'x-rate-limit-limit': '100',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': String(Math.ceil(host.clock.nowMs() / 1000) + 50),
    },
  };
};

/** A page of made-up users, and a link to one more. */
const pageOfMany = (path: string): OwnAnswer => ({
  status: 200,
  body: /^\/api\/v1\/(?:logs|iam)/.test(path)
    ? []
    : Array.from({ length: 200 }, (_, nr) => ({
        id: id(calls * 1000 + nr),
        status: 'ACTIVE',
        profile: { login: `u${calls}-${nr}@acme.example` },
        credentials: { provider: { type: 'OKTA', name: 'OKTA' } },
      })),
  headers: {
    link: `<${front.url}${path.replace(/[?].*/, '')}?after=c${calls}&limit=200>; rel="next"`,
  },
});

describe('while the org', () => {
  beforeAll(async () => {
    begin();
    const ran = await key.type(['run', '--file', 'ids.csv', '--out', 'done', ...GO]);
    expect([ran.code, ran.stderr]).toEqual([0, ran.stderr]);
    const plan = ['plan', '--file', 'others.csv', '--out', 'ready', '-q'];
    expect((await key.type(plan)).code).toBe(0);
  });

  test.each(READING)('does not answer a call: %s %s %s', async (...argv) => {
    let isOver = false;
    for (let nth = 1; !isOver; nth += 1) {
      let writes = 0;
      begin((_, method, at) => {
        if (method !== 'GET') writes += 1;
        if (at < nth || method !== 'GET') return undefined;
        key.press();
        return 'silence';
      });
      const ran = await key.type(argv);
      isOver = !key.pressed || writes > 0;
      if (isOver) expect(nth).toBeGreaterThan(3);
      // Those that were in flight.
      else expectStopped(ran, 2);
    }
  });

  test.each(READING)('makes a call wait for its rate limit: %s %s %s', async (...argv) => {
    begin((path, _, at) => (path.startsWith('/.well-known/') || at < 3 ? undefined : tooMany()));
    expectStopped(await key.type(argv, { clock: pressing }), 0);
  });

  test.each([
    [/^\/api\/v1\/users\?/, ['users', '--all']],
    [/^\/api\/v1\/users\?/, ['plan', '--all', ...DRY]],
    [/^\/api\/v1\/groups\/\w+\/users/, ['plan', '--group', 'Sales', ...DRY]],
    [
      /^\/api\/v1\/groups\/\w+\/users/,
      ['plan', '--file', 'ids.csv', '--exclude-group', 'Sales', ...DRY],
    ],
    [/^\/api\/v1\/iam\/assignees/, ['plan', '--file', 'ids.csv', ...DRY]],
    [/^\/api\/v1\/logs/, ['followup', 'done']],
    [/^\/api\/v1\/logs/, ['plan', '--log', 'eventType sw "user."', ...DRY]],
  ])('never comes to the end of a list, %s: %j', async (list, argv) => {
    let pages = 0;
    begin((path) => {
      if (!list.test(path)) return undefined;
      pages += 1;
      if (pages === 4) key.press();
      return pageOfMany(path);
    });
    expectStopped(await key.type(argv), 1);
  });

  test('makes a run wait for its rate limit: nothing more is sent, and the rest is left to a resume', async () => {
    begin((_, method) => (method === 'POST' ? tooMany() : undefined));
    const ran = await key.type(['run', '--file', 'others.csv', '--out', 'paused', ...GO], {
      clock: pressing,
    });
    // The users whose calls were refused are read: it is known that nothing was done to them.
    expect([ran.code, ran.stderr, ran.stdout]).toEqual([130, ran.stderr, ran.stdout]);
    expect(ran.stdout + ran.stderr).toMatch(/okta-reset resume paused/);
  });
});

describe('while it asks', () => {
  const asking = (question: RegExp): Surroundings => ({
    terminal: true,
    stays: true,
    onStderr: (text) => {
      if (question.test(text)) key.press();
    },
  });

  const half = { OKTA_CLIENT_ORGURL: '', XDG_STATE_HOME: '' };

  beforeAll(async () => {
    begin((_, method) => (method === 'POST' ? tooMany() : undefined));
    const ran = await key.type(['run', '--file', 'others.csv', '--out', 'reports/half', ...GO], {
      clock: pressing,
    });
    expect([ran.code, ran.stderr]).toEqual([130, ran.stderr]);
    begin();
    const plan = ['plan', '--file', 'others.csv', '--out', 'asked', '-q'];
    expect((await key.type(plan)).code).toBe(0);
    Object.assign(half, { OKTA_CLIENT_ORGURL: front.url, XDG_STATE_HOME: s.path('elsewhere') });
  });

  const CONSENT = /anything else to stop/;
  test.each([
    [CONSENT, ['run', '--file', 'others.csv', ...DRY]],
    [CONSENT, ['run', '--plan', 'asked']],
    [CONSENT, ['resume', 'reports/half']],
    [/Is that the run you mean/, ['resume', '--last']],
    [/Is that the run you mean/, ['rerun', '--last']],
  ])('%s: %j', async (question, argv) => {
    const before = s.org.stats().effects.resets.total;
    // The other machine does not have the proof of the consent.
    const around = argv.includes('reports/half')
      ? { ...asking(question), env: half }
      : asking(question);
    expectStopped(await key.type(argv, around), 0);
    expect(s.org.stats().effects.resets.total).toBe(before);
  });
});

describe('while it reads a large run', () => {
  beforeAll(async () => {
    const ids = Array.from({ length: 1500 }, (_, nr) => `${id(nr)}\n`);
    await writeFile(s.path('many.csv'), `id\n${ids.join('')}`);
    begin();
    const ran = await key.type([
      'plan',
      '--file',
      'many.csv',
      '--no-lookup',
      '--out',
      'many',
      '-q',
    ]);
    expect([ran.code, ran.stderr]).toEqual([0, ran.stderr]);
  });

  test.each([
    ['report', 'many'],
    ['report', 'many', '--format', 'html'],
    ['rerun', 'many', '--dry-run', '--only', 'not-attempted', '--no-lookup', ...DRY],
    ['rerun', 'many/results.csv', '--dry-run', '--only', 'not-attempted', '--no-lookup', ...DRY],
    // Calls that have left when the key is pressed arrive after it, and one at a time is enough.
    ['run', '--plan', 'many', '--yes', '--max-users', '20000', '--concurrency', '1'],
  ])('%s %s %s %s', async (...argv) => {
    let reads = 0;
    let nth = 0;
    const whole = await onFileCalls(() => (reads += 1));
    // What a run reads before it sends.
    if (argv[0] === 'run') begin(tooMany);
    await key.type(argv, { clock: pressing }).finally(whole);
    expect(reads).toBeGreaterThan(3);
    for (const share of [0.2, 0.4, 0.8]) {
      begin();
      nth = 0;
      const end = await onFileCalls(() => {
        key.count();
        nth += 1;
        if (nth === Math.ceil(reads * share)) key.press();
      });
      const ran = await key.type(argv).finally(end);
      expectStopped(ran, 12);
    }
  });
});
