import type { Values } from '../../config/flags/flag.ts';
import type { OUTPUT } from '../../config/output.ts';
import type { Host, Output } from '../../domain/host.ts';
import type { Text } from '../../text/styled.ts';
import { makeStyle, type Style } from './style.ts';
import { openWriter, type TerminalWriter } from './terminal-writer.ts';

/** The terminal as a command uses it: results go to `out`, everything else to `err`. */
export interface Terminal {
  /** Its outputs are guarded: text that would control a terminal is not written to one. */
  readonly host: Host;
  /** Where results for programs go: unchanged in a file or a pipe. */
  readonly stdout: Output;
  readonly out: (text: Text) => Promise<void>;
  readonly err: (text: Text) => Promise<void>;
  readonly outWriter: TerminalWriter;
  readonly errWriter: TerminalWriter;
  readonly outStyle: Style;
  readonly style: Style;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Whether there is somebody to ask: both ends are terminals, and no flag forbids it. */
  readonly interactive: boolean;
  /** Whether the screen can be redrawn in place. */
  readonly animated: boolean;
}

export function openTerminal(host: Host, flags: Values<typeof OUTPUT.flags>): Terminal {
  const plain = !flags.color || (host.env['NO_COLOR'] ?? '') !== '' || host.env['TERM'] === 'dumb';
  const ci = (host.env['CI'] ?? '') !== '';
  const { program } = host;
  const colours = { out: !plain && host.stdout.isTty, err: !plain && host.stderr.isTty };
  const outWriter = openWriter(host.stdout, { colours: colours.out, program });
  const errWriter = openWriter(host.stderr, { colours: colours.err, program });
  return {
    host: { ...host, stdout: outWriter.output, stderr: errWriter.output },
    stdout: outWriter.output,
    out: outWriter.write,
    err: errWriter.write,
    outWriter,
    errWriter,
    outStyle: makeStyle(colours.out),
    style: makeStyle(colours.err),
    json: flags.json,
    quiet: flags.quiet,
    verbose: flags.verbose,
    interactive: host.stdin.isTty && host.stderr.isTty && flags.input && !flags.json,
    animated: host.stderr.isTty && !plain && !ci && !flags.json,
  };
}
