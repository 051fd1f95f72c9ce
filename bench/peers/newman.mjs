// Postman's runner: one request per row, one row after the other, with a fixed delay.
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import newman from 'newman';
import { asked, readIds } from './rows.mjs';

const { url, token, delayMs = 0 } = asked;
const ids = await readIds(asked);
const data = join(dirname(asked.csv), 'newman.json');
await writeFile(data, JSON.stringify(ids.map((userId) => ({ userId }))));
const target = new URL(url);
const collection = {
  info: {
    name: 'reset',
    schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
  },
  item: [
    {
      name: 'Reset password',
      request: {
        method: 'POST',
        header: [
          { key: 'Accept', value: 'application/json' },
          { key: 'Authorization', value: `SSWS ${token}` },
        ],
        url: `http://${target.host}/api/v1/users/{{userId}}/lifecycle/reset_password?sendEmail=true`,
      },
    },
  ],
};

const statuses = {};
const started = performance.now();
await new Promise((resolve, reject) => {
  newman
    .run(
      { collection, iterationData: data, iterationCount: ids.length, delayRequest: delayMs },
      (error) => (error ? reject(error) : resolve()),
    )
    .on('request', (error, { response }) => {
      const status = error ? 'failed' : response.code;
      statuses[status] = (statuses[status] ?? 0) + 1;
    });
});
console.log(JSON.stringify({ loopMs: performance.now() - started, statuses }));
