// `curl --parallel --retry`: what a shell script would do, with the flags that serve it best.
//
// --retry 10: it waits 1 s, then twice as long each time; curl follows Retry-After, which Okta does not send, and knows nothing
//   of X-Rate-Limit-Reset. Five tries end after 31 s, which is less than one of Okta's windows.
// --fail --retry-all-errors: without them curl 7.88 ends a parallel run while refused transfers still wait for their retry, and
//   loses them all. The price: every 4xx is tried ten times.
// No --rate: it has no effect on parallel transfers (curl's manual).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asked, readIds } from './rows.mjs';

const { url, token, concurrency } = asked;
const ids = await readIds(asked);
const config = join(dirname(asked.csv), 'curl.config');
const part = (id) =>
  [
    `url = "${url}/api/v1/users/${id}/lifecycle/reset_password?sendEmail=true"`,
    'data = ""',
    `header = "Authorization: SSWS ${token}"`,
    'header = "Accept: application/json"',
    'output = /dev/null',
    'write-out = "%{http_code}\\n"',
    'retry = 10',
    'retry-all-errors',
    'fail',
    'silent',
  ].join('\n');
await writeFile(config, ids.map(part).join('\nnext\n'));

const statuses = {};
const started = performance.now();
const curl = spawn('curl', ['--parallel', '--parallel-max', String(concurrency), '-K', config]);
let text = '';
curl.stdout.on('data', (chunk) => (text += chunk));
await once(curl, 'close');
for (const status of text.trim().split('\n')) statuses[status] = (statuses[status] ?? 0) + 1;
console.log(JSON.stringify({ loopMs: performance.now() - started, statuses }));
