import { diskError } from '../../disk/disk-error.ts';
import { requireOwnFolder } from '../../disk/own-folder.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { EvidenceCheck, SealSignature } from '../../domain/run/evidence.ts';
import type { AppContext } from '../context.ts';
import { checkRun } from './check-run.ts';
import { readSeal } from './evidence-file.ts';
import { checkSignature } from './signature.ts';

export interface VerifiedRun extends EvidenceCheck {
  readonly signature: SealSignature;
}

/**
 * Compares a run with its seal, and checks who signed the seal. Only reads. Rejects with EVIDENCE_MISSING, FILE_NOT_YOURS,
 * DISK, SIGN_PROGRAM, INPUT_UNREADABLE, and with the reason of `interrupt.drain` after its abort.
 */
export async function verifyRun(
  dir: string,
  signersFile: string | undefined,
  context: AppContext,
): Promise<VerifiedRun> {
  await requireOwnFolder(dir).catch((error: unknown) => {
    throw diskError(`read ${dir}`, error);
  });
  const seal = await readSeal(dir);
  if (seal === undefined)
    throw new AppError('EVIDENCE_MISSING', `The run in ${dir} is not sealed.`, {
      hint: `okta-reset report RUN --seal seals it as it is now. If it was sealed, somebody removed evidence.json: restore a copy.`,
    });
  const signature = await checkSignature(seal, signersFile, context);
  const check = await checkRun(dir, seal.evidence, context.interrupt.drain);
  return { ...check, signature };
}

/**
 * Makes the error of a run that differs from its seal, or whose seal has no signature of a trusted signer; undefined if
 * everything is as it should be.
 */
export function refusalOf(
  { faults, signature }: VerifiedRun,
  hasSigners: boolean,
): AppError | undefined {
  if (signature.kind === 'bad')
    return signatureError(
      'The signature does not belong to this evidence.json: one of the two was changed.',
    );
  if (signature.kind === 'stranger')
    return signatureError('The seal was signed by a key that the file of signers does not name.');
  if (signature.kind === 'unsigned' && hasSigners)
    return signatureError('Nobody has signed this seal.');
  if (faults.length === 0) return undefined;
  return new AppError('EVIDENCE_DIFFERS', 'The run has changed since it was sealed.', {
    hint: 'Compare it with a copy of the folder from before. If you know what changed it (the run continued), seal it again: report RUN --seal.',
  });
}

function signatureError(message: string): AppError {
  return new AppError('EVIDENCE_SIGNATURE', message, {
    hint: 'Do not rely on it. Restore copies of evidence.json and evidence.json.sig, or ask who sealed the run for the public key.',
  });
}
