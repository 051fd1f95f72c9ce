// The least that a client can do: a loop over undici, nothing recorded, nothing retried.
import { Pool } from 'undici';
import { asked, readIds, workThrough } from './rows.mjs';

const { url, token, concurrency } = asked;
const pool = new Pool(url, { connections: concurrency, pipelining: 1 });
const headers = { authorization: `SSWS ${token}`, accept: 'application/json' };

await workThrough(await readIds(asked), concurrency, async (id) => {
  const path = `/api/v1/users/${id}/lifecycle/reset_password?sendEmail=true`;
  const answer = await pool.request({ path, method: 'POST', headers });
  await answer.body.text();
  return answer.statusCode;
});
await pool.close();
