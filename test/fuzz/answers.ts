import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fastClock, type Stage } from '../integration/rig.ts';
import { chanceOf, damaged } from './chance.ts';
import { typed, wrongWith } from './ground.ts';

const USER =
  '{"id":"00u1k2mQw8Zr4TnXb0h7","status":"ACTIVE","created":"2026-01-01T00:00:00.000Z","profile":{"login":"ada@acme.example","email":"ada@acme.example"},"credentials":{"provider":{"type":"OKTA","name":"OKTA"}}}';
const ANSWERS: readonly string[] = [
  USER,
  `[${USER}]`,
  '{"id":"00o1k2mQw8Zr4TnXb0h7","pipeline":"idx"}',
  '[]',
  '{}',
  '{"errorCode":"E0000007","errorSummary":"Not found: Resource","errorCauses":[]}',
  '<html><title>Sign in</title></html>',
];

/** An org that answers anything, and an origin of somebody else’s that it names in its links. */
export async function startNonsense() {
  let seed = 1;
  let foreign = 0;
  const stranger = createServer((_, answer) => {
    foreign += 1;
    answer.end('[]');
  });
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const strangerPort = (stranger.address() as AddressInfo).port;
  const org = createServer((_, answer) => {
    const chance = chanceOf((seed = Math.imul(seed, 31) + 7));
    const body = Buffer.from(chance.pick(ANSWERS));
    answer.writeHead(chance.pick([200, 200, 200, 400, 403, 404, 500]), {
      'content-type': chance.pick(['application/json', 'text/html', 'x']),
      'x-rate-limit-limit': chance.pick(['600', '0', '-1', 'NaN', '1e9']),
      'x-rate-limit-remaining': chance.pick(['599', '-5', '']),
      'x-rate-limit-reset': chance.pick([String(Math.floor(Date.now() / 1000) + 1), '0', 'x']),
      ...(chance.yes(30)
        ? { link: `<http://127.0.0.1:${strangerPort}/api/v1/users?after=x>; rel="next"` }
        : {}),
    });
    answer.end(chance.yes(60) ? damaged(body, chance) : body);
  });
  await new Promise<void>((resolve) => org.listen(0, '127.0.0.1', resolve));
  const close = (server: typeof org) =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${(org.address() as AddressInfo).port}`,
    seed: (value: number) => {
      seed = value;
    },
    foreign: () => foreign,
    close: async () => {
      await Promise.all([close(org), close(stranger)]);
    },
  };
}

export type Nonsense = Awaited<ReturnType<typeof startNonsense>>;

/** How much faster than real time the clock is: the wait for a limit of one second is over in 20 ms. */
const SPEED = 50;
const WHO = [
  ['--user', '00u1k2mQw8Zr4TnXb0h7'],
  ['--user', 'ada@acme.example'],
  ['--group', 'Sales'],
] as const;
const QUICK = ['--max-retries', '0', '--timeout', '30s'];
const OUT = ['--out', 'nonsense'];

/**
 * Lets a command read an org that answers nonsense. Returns what is wrong, if anything, including that a foreign origin was
 * called.
 */
export async function fuzzAnswers(
  seed: number,
  s: Stage,
  nonsense: Nonsense,
): Promise<string | undefined> {
  nonsense.seed(seed);
  const chance = chanceOf(seed);
  const who = chance.pick(WHO);
  const argv = chance.pick([
    ['plan', ...who, ...QUICK, ...OUT],
    ['plan', ...who, ...QUICK, ...OUT],
    ['run', ...who, ...QUICK, ...OUT, '--yes', '--max-users', '9'],
    ['users', ...who, ...QUICK],
    ['doctor', ...QUICK],
  ]);
  try {
    const ran = await typed(s, argv, {
      env: { OKTA_CLIENT_ORGURL: nonsense.url },
      clock: fastClock(SPEED),
    });
    if (nonsense.foreign() > 0) return `seed ${seed}: a foreign origin was asked`;
    const wrong = wrongWith(ran);
    return wrong === undefined ? undefined : `seed ${seed}, ${argv.join(' ')}: ${wrong}`;
  } finally {
    await rm(s.path('nonsense'), { recursive: true, force: true });
  }
}
