import { resolve } from 'node:path';
import { isSealed } from '../../app/evidence/evidence-file.ts';
import { madeSealText } from '../../app/evidence/evidence-text.ts';
import { sealRun } from '../../app/evidence/seal-run.ts';
import { refusalOf, verifyRun } from '../../app/evidence/verify-run.ts';
import { printReport } from '../../app/report/print-report.ts';
import { usage } from '../../domain/codes/app-error.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import { asLines } from '../../text/styled.ts';
import type { Execute, Input } from '../line/commands.ts';
import { locate, runReference, type RunReference } from '../line/run-reference.ts';
import { verifiedScreen } from '../screens/evidence-screen.ts';
import { printing, type Session } from '../session.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Compares a run with its seal. Rejects with EVIDENCE_* if it differs. */
async function verify(
  reference: RunReference,
  signers: string | undefined,
  terminal: Terminal,
): Promise<number> {
  return printing(terminal, async (session) => {
    const dir = await locate(reference, 'report', session);
    const path = signers === undefined ? undefined : resolve(terminal.host.cwd, signers);
    const verified = await verifyRun(dir, path, session.context);
    const { evidence, faults, since, signature } = verified;
    const refusal = refusalOf(verified, signers !== undefined);
    const { runId, sealedAt } = evidence;
    const holds = refusal === undefined;
    if (terminal.json)
      await session.publish({
        ...{ type: 'verified', dir, runId, sealedAt, holds, faults, since, signature },
      });
    else await terminal.out(asLines([...verifiedScreen(verified, terminal.outStyle), '']));
    if (refusal !== undefined) throw refusal;
    return EXIT.ok;
  });
}

async function seal(
  dir: string,
  { signKey }: Input<'report'>['evidence'],
  session: Session,
): Promise<void> {
  const { terminal, context } = session;
  const keyFile = signKey === undefined ? undefined : resolve(terminal.host.cwd, signKey);
  const key = keyFile === undefined ? undefined : { keyFile, mayAsk: terminal.interactive };
  const made = await sealRun(dir, key, context);
  const { evidence, isSigned } = made;
  await session.publish({ type: 'sealed', dir, signed: isSigned, evidence });
  const { text, hint, changed } = madeSealText(made);
  context.emit({ type: 'message', level: 'info', text, hint });
  for (const change of changed)
    context.emit({
      type: 'message',
      level: 'warning',
      text: `Since the earlier seal: ${change}`,
    });
}

/** Says that the report of a sealed run is printed, but that its files are not written. */
async function tellSealed(dir: string, { context }: Session): Promise<void> {
  if (!(await isSealed(dir))) return;
  context.emit({
    type: 'message',
    level: 'info',
    text: 'This run is sealed. Its report is printed, and its files stay as they are; --verify compares them with the seal.',
  });
}

export const execute: Execute<'report'> = async ({ input, word, terminal }) => {
  const reference = runReference('report', word, input.run);
  const { evidence } = input;
  if (evidence.verify) {
    if (input.output.format !== undefined)
      throw usage('--verify prints no report.', 'Leave --format out.');
    return verify(reference, evidence.signers, terminal);
  }
  const { format = 'text' } = input.output;
  // A requested document is the output itself, and the events of --json do not belong in it.
  const events = terminal.json && input.output.format === undefined;
  const { stdout } = terminal;
  return printing({ ...terminal, json: events }, async (session) => {
    const dir = await locate(reference, 'report', session);
    const output = events
      ? { ...stdout, write: () => Promise.resolve() }
      : format === 'text'
        ? { ...stdout, write: terminal.out }
        : stdout;
    if (evidence.seal) await seal(dir, evidence, session);
    else await tellSealed(dir, session);
    const summary = await printReport(dir, format, output, session.context);
    if (events) await session.publish({ type: 'summary', dir, summary });
    return EXIT.ok;
  });
};
