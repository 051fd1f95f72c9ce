import type { Hono } from 'hono';
import { madeSealText, verifiedTexts } from '../../../app/evidence/evidence-text.ts';
import { sealRun } from '../../../app/evidence/seal-run.ts';
import { refusalOf, verifyRun } from '../../../app/evidence/verify-run.ts';
import { NOTHING } from '../../api/requests.ts';
import type { CheckedSeal, MadeSeal } from '../../api/run-answers.ts';
import { appContext } from '../../state/console-context.ts';
import type { ConsoleState } from '../../state/console-state.ts';
import { apiErrorOf } from '../../refusal.ts';
import { bodyOf } from '../body.ts';

/** The seal of a run: made without a signature, because the key for one stays with the terminal, and checked. */
export function serveSeal(api: Hono, { runs, console }: ConsoleState): void {
  const within = (signal: AbortSignal) => appContext(console, () => undefined, { drain: signal });
  api.get('/runs/:run/seal', async (c) => {
    const { signal } = c.req.raw;
    const dir = await runs.dirOf(c.req.param('run'), signal);
    const verified = await verifyRun(dir, undefined, within(signal));
    const refusal = refusalOf(verified, false);
    const answer: CheckedSeal = {
      ...verifiedTexts(verified),
      problem: refusal && apiErrorOf(refusal),
    };
    return c.json(answer);
  });
  api.post('/runs/:run/seal', async (c) => {
    await bodyOf(c.req.raw, NOTHING);
    const { signal } = c.req.raw;
    const dir = await runs.dirOf(c.req.param('run'), signal);
    const answer: MadeSeal = madeSealText(await sealRun(dir, undefined, within(signal)));
    return c.json(answer);
  });
}
