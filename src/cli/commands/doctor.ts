import type { Finding } from '../../app/doctor/finding.ts';
import { diagnose } from '../../app/doctor/diagnosis.ts';
import { resolveOrg } from '../../config/org.ts';
import { asCalled } from '../../domain/program.ts';
import { WIDEST, wrap } from '../../text/layout.ts';
import type { Execute } from '../line/commands.ts';
import { withSession } from '../session.ts';
import { styled } from '../../text/styled.ts';

const MARKS = { good: 'ok  ', warning: 'WARN', bad: 'BAD ' } as const;

export const execute: Execute<'doctor'> = async ({ input, terminal }) => {
  return withSession(terminal, async (session) => {
    const org = await resolveOrg(input.org, session.sources);
    const { green, yellow, red, bold } = terminal.outStyle;
    const paint = { good: green, warning: yellow, bad: red } as const;
    const width = Math.min(WIDEST, terminal.stdout.size().columns);
    const indent = ' '.repeat(18);
    const tell = async (finding: Finding) => {
      await session.settle();
      if (terminal.json) {
        // `mend` is the name that the hint had in 0.1.0, which scripts read.
        const { hint: mend } = finding;
        await session.publish({ type: 'finding', ...finding, ...(mend && { mend }) });
        return;
      }
      const { level, subject, found, hint } = finding;
      const lines = wrap(found, width - 18, indent);
      await terminal.out(
        styled`${paint[level](MARKS[level])}  ${bold(subject.padEnd(10))}  ${lines.join('\n')}\n`,
      );
      if (hint === undefined) return;
      const todo = asCalled(`→ ${hint}`, terminal.host.program);
      await terminal.out(`${indent}${wrap(todo, width - 18, indent).join('\n')}\n`);
    };
    const diagnosis = await diagnose(org, input.pace, session.context, tell);
    await session.settle();
    return diagnosis.exitCode;
  });
};
