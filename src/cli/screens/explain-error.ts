import { StopRequest } from '../../app/run/interrupt.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { withoutTokensOf } from '../../domain/credential-shape.ts';
import { asCalled } from '../../domain/program.ts';
import { jsonLine, plain } from '../../text/safe.ts';
import { asLines, styled } from '../../text/styled.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import { WIDEST, wrap } from '../../text/layout.ts';
import { hintLines } from './hint-lines.ts';
import type { Terminal } from '../terminal/terminal.ts';

function causes(error: unknown): readonly string[] {
  const lines: string[] = [];
  let cause: unknown = error instanceof Error ? error.cause : undefined;
  for (let depth = 0; cause !== undefined && depth < 5; depth += 1) {
    lines.push(
      cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : 'unknown cause',
    );
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}

/** Says on one output that the other one cannot be written. It is not an error if a reader has closed it (`… | head`). */
async function closedOutput({ host, err, out, json }: Terminal): Promise<number> {
  const [stdout, stderr] = [host.stdout.broken?.(), host.stderr.broken?.()];
  const full = (code: string | undefined) => code !== undefined && code !== 'EPIPE';
  const told = (which: string, code: string | undefined) =>
    `${which} cannot be written (${code ?? ''}): stopped before anything was sent.\n  → Make room, and type the command again. \`okta-reset runs\` lists the plans that are kept.\n`;
  if (full(stdout)) await err(told('Standard output', stdout));
  else if (full(stderr) && !json) await out(told('Standard error', stderr));
  return full(stdout) || full(stderr) ? EXIT.incomplete : EXIT.sigterm;
}

/** Returns the exit code of a command that has ended. It failed if its output is incomplete. */
export async function codeOfOutput(code: number, { host, err }: Terminal): Promise<number> {
  const why = host.stdout.broken?.();
  if (code !== EXIT.ok || why === undefined || why === 'EPIPE') return code;
  await err(
    `Standard output cannot be written (${why}): the output there is incomplete.\n  → Make room, and type the command again.\n`,
  );
  return EXIT.incomplete;
}

/**
 * Prints what went wrong, why, and what to do, with the most useful line last. Returns the exit code. Prints a stack only
 * with -v.
 */
export async function explainError(
  error: unknown,
  terminal: Terminal,
  argv: readonly string[],
): Promise<number> {
  const { style, host } = terminal;
  if (error instanceof StopRequest) {
    if (error.signal === 'SIGPIPE') return closedOutput(terminal);
    await terminal.err('Stopped. Nothing was sent this time.\n');
    return error.signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
  }
  const known = error instanceof AppError;
  const code = known ? error.code : 'INTERNAL';
  // A token that was typed instead of a name must not be repeated on the screen.
  const shown = withoutTokensOf(argv);
  const message = known ? shown(error.message) : 'This is a bug in okta-reset.';
  const hint = known
    ? shown(error.hint)
    : 'What was done is recorded. Run again with -v and report what it prints; then continue: “okta-reset resume --last”.';
  const exitCode = known ? error.exitCode : EXIT.internal;
  if (terminal.json) {
    await terminal.stdout.write(
      `${jsonLine({ v: 1, type: 'error', code, message, hint, exitCode })}\n`,
    );
  }
  const why = known ? causes(error) : [error instanceof Error ? error.message : String(error)];
  // Wrapped only for a person. What a program reads stays on its line.
  const width = Math.min(host.stderr.size().columns, WIDEST) - 1;
  const fold = (line: string, indent: string) =>
    host.stderr.isTty ? wrap(line, width - indent.length, indent).join('\n') : line;
  const folded = (text: string, indent: string) =>
    asCalled(text, host.program)
      .split('\n')
      .map((line) => fold(line, indent));
  const said = folded(`Error ${plain(message)} [${code}]`, '  ').join('\n');
  const body = said.slice('Error'.length, -`[${code}]`.length);
  const advice = host.stderr.isTty
    ? hint.split('\n').flatMap((line) => hintLines(line, width - 4, host.program))
    : folded(hint, '');
  const lines = [
    styled`${style.red(style.bold('Error'))}${body}${style.dim(`[${code}]`)}`,
    ...why.map((line) =>
      style.dim(`  ${folded(`because: ${shown(line)}`, '    ').join('\n    ')}`),
    ),
    ...(terminal.verbose && error instanceof Error ? [style.dim(shown(error.stack ?? ''))] : []),
    styled`  ${style.bold('→')} ${advice.join('\n    ')}`,
  ];
  await terminal.err(asLines([...lines, '']));
  return exitCode;
}
