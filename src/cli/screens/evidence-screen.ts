import { verifiedTexts } from '../../app/evidence/evidence-text.ts';
import type { VerifiedRun } from '../../app/evidence/verify-run.ts';
import { styled, type Text } from '../../text/styled.ts';
import type { Style } from '../terminal/style.ts';

/** Makes the result of a verification for a person. */
export function verifiedScreen(verified: VerifiedRun, style: Style): readonly Text[] {
  const { sealed, signature, faults, holds, since } = verifiedTexts(verified);
  const tones = { vouched: style.green, none: style.yellow, bad: style.red } as const;
  return [
    sealed,
    tones[signature.worth](signature.text),
    ...faults.map((line) => style.red(line)),
    ...(holds === undefined ? [] : [style.green(holds)]),
    ...(since.length === 0 ? [] : [style.bold('Since the seal:')]),
    ...since.map((line) => styled`  ${line}`),
  ];
}
