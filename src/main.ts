import type { Host } from './domain/host.ts';

/** Runs the program: argv and a host in, an exit code out. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  await host.stderr.write(`okta-reset: ${argv.join(' ')}\n`);
  return 2;
}
