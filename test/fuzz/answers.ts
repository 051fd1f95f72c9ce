import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stage } from '../integration/rig.ts';
import { chanceOf, damaged, STEERS_TERMINAL } from './chance.ts';

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
const INTERNAL = 1;

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

/** Plans over an org that answers nonsense. Returns what is wrong, as for a folder, or that a foreign origin was asked. */
export async function fuzzAnswers(
  seed: number,
  s: Stage,
  nonsense: Nonsense,
): Promise<string | undefined> {
  nonsense.seed(seed);
  const who = chanceOf(seed).pick([
    ['--user', '00u1k2mQw8Zr4TnXb0h7'],
    ['--user', 'ada@acme.example'],
    ['--group', 'Sales'],
  ]);
  const argv = ['plan', ...who, '--max-retries', '0', '--timeout', '2s', '--out', `fuzz-${seed}`];
  const ran = await s.run(argv, { env: { OKTA_CLIENT_ORGURL: nonsense.url } });
  const said = ran.stdout + ran.stderr;
  if (nonsense.foreign() > 0) return `seed ${seed}: a foreign origin was asked`;
  if (ran.code === INTERNAL || /\n\s+at .*[(/]/.test(said))
    return `seed ${seed}: ${said.slice(-400)}`;
  const raw = STEERS_TERMINAL.exec(said);
  return raw === null ? undefined : `seed ${seed}: raw ${JSON.stringify(raw[0])}`;
}
