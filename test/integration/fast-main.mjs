// The command, as it is shipped, by a clock that runs faster than the world's: waits of minutes pass in seconds.
//   node fast-main.mjs ORIGIN_MS SPEED ARGUMENT…
// HOSTNAME_OF_TEST names the machine that it believes to run on.
// A sandbox that is started by the same origin and speed has an org whose Date header agrees.
import { endProcess, host } from '../../dist/host.js';
import { main } from '../../dist/main.js';

const [originMs, speed] = process.argv.slice(2, 4).map(Number);
const { clock } = host;

main(process.argv.slice(4), {
  ...host,
  argv: process.argv.slice(4),
  hostname: process.env.HOSTNAME_OF_TEST ?? host.hostname,
  clock: {
    nowMs: () => originMs + (clock.nowMs() - originMs) * speed,
    monotonicMs: () => clock.monotonicMs() * speed,
    sleep: (ms, signal) => clock.sleep(ms / speed, signal),
  },
}).then(endProcess);
