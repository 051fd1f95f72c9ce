// Okta's own SDK for Node, with its retries on: it waits for the reset header of a 429.
import okta from '@okta/okta-sdk-nodejs';
import { asked, readIds, workThrough } from './rows.mjs';

const { url, token, concurrency } = asked;
const client = new okta.Client({
  orgUrl: url,
  token,
  requestExecutor: new okta.DefaultRequestExecutor({ maxRetries: 10, requestTimeout: 0 }),
  testing: { disableHttpsCheck: true },
});

await workThrough(await readIds(asked), concurrency, async (userId) => {
  try {
    await client.userApi.generateResetPasswordToken({ userId, sendEmail: true });
    return 200;
  } catch (error) {
    return error.status ?? 'failed';
  }
});
