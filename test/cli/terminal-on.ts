import { openTerminal, type Terminal } from '../../src/cli/terminal/terminal.ts';
import type { Host, Output } from '../../src/domain/host.ts';
import { host as realHost } from '../../src/host.ts';

/** The flags of a command line that has none. */
export const NO_FLAGS = { json: false, quiet: false, verbose: false, color: true, input: true };

interface Around {
  readonly flags?: Partial<typeof NO_FLAGS>;
  readonly env?: Host['env'];
  /** Which of the three streams are a terminal. */
  readonly ttys?: readonly ('in' | 'out' | 'err')[];
  readonly columns?: number;
  readonly program?: string;
  /** Why an output is broken, by the name of the output. */
  readonly broken?: Readonly<{ out?: string; err?: string }>;
}

/** Opens a terminal on streams that keep what is written to them. */
export function terminalOn(around: Around = {}): {
  readonly terminal: Terminal;
  readonly host: Host;
  readonly out: () => string;
  readonly err: () => string;
} {
  const { flags, env = {}, ttys = [], columns = 80, program = 'okta-reset', broken = {} } = around;
  const written = { out: '', err: '' };
  const output = (name: 'out' | 'err'): Output => ({
    isTty: ttys.includes(name),
    write: async (text) => void (written[name] += text),
    broken: () => broken[name],
    size: () => ({ columns, rows: 24 }),
    onResize: () => () => undefined,
  });
  const stdin = Object.assign(
    {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: true as const, value: undefined }),
      }),
    },
    { isTty: ttys.includes('in'), close: () => undefined },
  );
  const host = { ...realHost, env, program, stdin, stdout: output('out'), stderr: output('err') };
  return {
    terminal: openTerminal(host, { ...NO_FLAGS, ...flags }),
    host,
    out: () => written.out,
    err: () => written.err,
  };
}
