// Does a small job with the program, and keeps what Node has compiled for it.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMPILED, load } from './load-program.mjs';

let script;
const { host, main, startSandbox } = load((made) => (script = made));
const dir = mkdtempSync(join(tmpdir(), 'okta-reset-compile-'));
const org = await startSandbox({ users: 8, limits: 'off' }, { clock: host.clock });
const silent = {
  isTty: false,
  write: async () => undefined,
  size: () => ({ columns: 80, rows: 24 }),
  onResize: () => () => undefined,
};
const env = { OKTA_CLIENT_ORGURL: org.url, OKTA_CLIENT_TOKEN: org.token, XDG_STATE_HOME: dir };
for (const line of ['plan --all --out run', 'run --plan run --yes --max-users 9', 'resume run']) {
  const argv = line.split(' ');
  await main(argv, { ...host, argv, env, cwd: dir, homeDir: dir, stdout: silent, stderr: silent });
}
await org.close();
rmSync(dir, { recursive: true, force: true });
writeFileSync(`${COMPILED}.new`, script.createCachedData());
renameSync(`${COMPILED}.new`, COMPILED);
process.exit(0);
