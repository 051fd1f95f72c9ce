// The command as bin/okta-reset.js starts it, from the sources: what is tested is never an older build.
import { host } from '../../src/host.ts';
import { main } from '../../src/main.ts';

process.exitCode = await main(host.argv, host);
