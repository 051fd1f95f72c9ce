import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { closeStages, PLAIN, stage, type Stage } from './rig.ts';

const TLS = join(import.meta.dirname, '../okta/tls');
const UNCHECKED = 'NODE_TLS_REJECT_UNAUTHORIZED';

let s: Stage;
let server: Server;
/** What reached the server through TLS: the credential would be in it. */
let asked: string[] = [];

beforeAll(async () => {
  s = await stage({ users: 2, mix: PLAIN });
  const [key, cert] = await Promise.all(
    ['server-key.pem', 'server-cert.pem'].map((name) => readFile(join(TLS, name))),
  );
  server = createServer({ key, cert }, (request, answer) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    answer.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await closeStages();
});
beforeEach(() => {
  asked = [];
});
afterEach(() => {
  // Node itself looks here at each connection, whatever environment a command is given.
  delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
});

const orgUrl = () => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
const COMMANDS = [
  ['doctor'],
  ['plan', '--user', 'ada@acme.example'],
  ['run', '--user', 'ada@acme.example', '--yes', '--max-users', '1'],
  ['users', '--all'],
];

test.each(COMMANDS)(
  '%s refuses to work without checking certificates, and sends nothing',
  async (...argv) => {
    process.env[UNCHECKED] = '0';
    const ran = await s.run(argv, { env: { OKTA_CLIENT_ORGURL: orgUrl(), [UNCHECKED]: '0' } });
    expect(ran.code).toBe(2);
    expect((ran.stderr + ran.stdout).replace(/\s+/g, ' ')).toMatch(
      /certificate checks.*NODE_EXTRA_CA_CERTS=/,
    );
    expect(asked).toEqual([]);
  },
);

test.each(COMMANDS)(
  '%s sends nothing to a certificate that nobody confirms, even if Node would',
  async (...argv) => {
    process.env[UNCHECKED] = '0';
    // The command does not see what Node sees, so that only its own connections could refuse.
    const ran = await s.run([...argv, '--max-retries', '0'], {
      env: { OKTA_CLIENT_ORGURL: orgUrl() },
    });
    expect(ran.code).not.toBe(0);
    const said = (ran.stderr + ran.stdout).replace(/\s+/g, ' ');
    expect(said).toMatch(/DEPTH_ZERO_SELF_SIGNED_CERT.*NODE_EXTRA_CA_CERTS/);
    expect(asked).toEqual([]);
    if (argv[0] === 'doctor') expect(said).toMatch(/TLS; certificates are checked/);
  },
);
