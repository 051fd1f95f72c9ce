// `curl --parallel --retry`: what a shell script would do.
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
    'retry = 5',
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
