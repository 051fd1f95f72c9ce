// An Okta org in a separate process: the sandbox, plus a note of when writes arrived and were answered.
import diagnostics from 'node:diagnostics_channel';
import { host } from '../dist/host.js';
import { startSandbox } from '../dist/sandbox/sandbox.js';

const writes = { count: 0, firstAtMs: undefined, lastAnsweredAtMs: undefined, statuses: {} };
/** The first call of the users bucket, a listing or a write: if windows begin with the first call, this one began it. */
let bucketFirstAtMs;
const inUsersBucket = /^\/api\/v1\/users(\?|\/[^/]+\/)/;

diagnostics.subscribe('http.server.request.start', ({ request }) => {
  if (inUsersBucket.test(request.url)) bucketFirstAtMs ??= Date.now();
  if (request.method !== 'POST') return;
  writes.count += 1;
  writes.firstAtMs ??= Date.now();
});
diagnostics.subscribe('http.server.response.finish', ({ request, response }) => {
  if (request.method !== 'POST') return;
  writes.lastAnsweredAtMs = Date.now();
  writes.statuses[response.statusCode] = (writes.statuses[response.statusCode] ?? 0) + 1;
});

// Everybody can be acted on, so that N rows are N writes.
const everybody = { statuses: { ACTIVE: 1 }, providers: { OKTA: 1 }, sharedEmail: 0 };
const options = { mix: everybody, admins: 1, ...JSON.parse(process.argv[2] ?? '{}') };
// If windows are on a grid, it begins with the second in which the sandbox was made.
const gridMs = Math.floor(Date.now() / 1000) * 1000;
const sandbox = await startSandbox(options, { clock: host.clock });
process.send({ kind: 'ready', url: sandbox.url, token: sandbox.token });

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const cpuMs = (user + system) / 1000;
  process.send({ kind: 'told', gridMs, bucketFirstAtMs, writes, stats: sandbox.stats(), cpuMs });
});
process.on('disconnect', () => process.exit(0));
