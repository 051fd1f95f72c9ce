import { refuseNobody } from '../../config/selection.ts';
import type { Execute } from '../line/commands.ts';
import { planInput } from '../line/plan-input.ts';
import { planAndShow } from '../plan-and-show.ts';
import { withSession } from '../session.ts';

export const execute: Execute<'plan'> = async (call) =>
  withSession(call.terminal, async (session) => {
    const { input, given } = call;
    refuseNobody(given);
    const { spec, policy } = input;
    const who = { kind: 'selection', selection: input.who } as const;
    return planAndShow(await planInput({ who, spec, policy }, input, session), call, session);
  });
