/** The results of a seal and of its check, in sentences that every face uses. */
import { count, counted } from '../../domain/counted.ts';
import type { EvidenceFault, SealSignature, SinceSeal } from '../../domain/run/evidence.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';
import { plain } from '../../text/safe.ts';
import type { MadeSeal } from './seal-run.ts';
import type { VerifiedRun } from './verify-run.ts';

/** If there are more faults or changes than this, the rest are only counted. */
const MOST_LINES = 200;

/** Says what is wrong, in one line. */
function faultText(fault: EvidenceFault): string {
  switch (fault.kind) {
    case 'differs':
      return fault.bytes === fault.sealedBytes
        ? `${plain(fault.name)} differs: ${count(fault.bytes)} bytes, as when it was sealed, but the content is different.`
        : `${plain(fault.name)} differs: ${counted(fault.bytes, 'byte')} now, ${count(fault.sealedBytes)} when it was sealed.`;
    case 'missing':
      return `${plain(fault.name)} is missing.`;
    case 'new':
      return `${plain(fault.name)} is new: it was not there when the run was sealed.`;
    case 'unusable':
      return `${plain(fault.name)} is not compared: ${plain(fault.why)}`;
    case 'chain': {
      const row = fault.row === undefined ? '' : ` (row ${fault.row})`;
      return `${RUN_FILES.journal} breaks at line ${fault.line}${row}: ${fault.problem}.`;
    }
    case 'rewritten':
      return fault.records < fault.sealedRecords
        ? `${RUN_FILES.journal} is cut off: ${counted(fault.records, 'record')} now, ${count(fault.sealedRecords)} when it was sealed.`
        : `${RUN_FILES.journal} was rewritten: its chain is complete, but it is not the one that was sealed.`;
    case 'claim':
      return `${RUN_FILES.evidence} and ${plain(fault.name)} differ: “${fault.what}”.`;
    default: {
      const never: never = fault;
      return never;
    }
  }
}

/** Says what was added after the seal, one line each. */
function sinceTexts(since: SinceSeal): readonly string[] {
  switch (since.kind) {
    case 'grown':
      return [`${plain(since.name)} has grown by ${counted(since.bytes, 'byte')}.`];
    case 'new':
      return [`${plain(since.name)} was made.`];
    case 'replaced':
      return [`${plain(since.name)} was written again.`];
    case 'records': {
      const kinds = Object.entries(since.byKind).map(([kind, of]) => `${count(of)} ${kind}`);
      return [
        `${RUN_FILES.journal} has ${counted(since.records, 'more record')}: ${kinds.join(', ')}.`,
        ...since.ties.map(
          ({ kind, runId, rows }) => `  ${kind}: ${counted(rows, 'row')}, to run ${plain(runId)}.`,
        ),
      ];
    }
    default: {
      const never: never = since;
      return never;
    }
  }
}

function signatureText(signature: SealSignature): string {
  switch (signature.kind) {
    case 'unsigned':
      return 'The seal is not signed: anyone who can write to the folder can make another one.';
    case 'sound':
      return `Signed with ${plain(signature.key)}. Nobody checked whose key that is: pass --signers FILE.`;
    case 'vouched':
      return `Signed by ${plain(signature.by)}, with ${plain(signature.key)}.`;
    case 'stranger':
      return `Signed by a key that the file of signers does not name: ${plain(signature.why)}.`;
    case 'bad':
      return `The signature does not belong to this ${RUN_FILES.evidence}: ${plain(signature.why)}.`;
    default: {
      const never: never = signature;
      return never;
    }
  }
}

function bounded(lines: readonly string[]): readonly string[] {
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES), `and ${count(lines.length - MOST_LINES)} more.`];
}

/** The result of a verification. */
export interface VerifiedTexts {
  /** Which run was sealed, when, and by which version. */
  readonly sealed: string;
  readonly signature: { readonly text: string; readonly worth: 'vouched' | 'none' | 'bad' };
  /** What has changed since; empty if nothing has. */
  readonly faults: readonly string[];
  /** What is unchanged since the seal; undefined if anything has changed. */
  readonly holds: string | undefined;
  /** What was added after the seal, which is allowed. */
  readonly since: readonly string[];
}

function worthOf({ kind }: SealSignature): VerifiedTexts['signature']['worth'] {
  if (kind === 'vouched') return 'vouched';
  // The signature is intact, but nobody checked whose key it is, and anyone can make one.
  return kind === 'unsigned' || kind === 'sound' ? 'none' : 'bad';
}

/** Describes the result of a verification, without control characters. */
export function verifiedTexts(verified: VerifiedRun): VerifiedTexts {
  const { evidence, faults, since, signature } = verified;
  const { runId, host, sealedAt, toolVersion, files, journal } = evidence;
  const all = `${counted(files.length, 'file')} and ${counted(journal.records, 'record')} of the journal`;
  return {
    sealed: `Run ${plain(runId)} on ${plain(host)}, sealed ${sealedAt} by okta-reset ${plain(toolVersion)}.`,
    signature: { text: signatureText(signature), worth: worthOf(signature) },
    faults: bounded(faults.map(faultText)),
    holds: faults.length > 0 ? undefined : `${all} are as they were sealed.`,
    since: bounded(since.flatMap(sinceTexts)),
  };
}

/** Says what a person must know about a seal that was just made, and what had changed since the one before it. */
export function madeSealText({ evidence, isSigned, earlier }: MadeSeal): {
  readonly text: string;
  readonly hint: string;
  readonly changed: readonly string[];
} {
  const { files, journal } = evidence;
  const what = `${counted(files.length, 'file')}, ${counted(journal.records, 'record')} of the journal`;
  const instead = earlier === undefined ? '' : ` It replaces the seal of ${earlier.sealedAt}.`;
  return {
    text: `Sealed: ${RUN_FILES.evidence} (${what}${isSigned ? ', signed' : ', not signed'}).${instead}`,
    hint: isSigned
      ? `Keep a copy of the folder, or of ${RUN_FILES.evidence} and ${RUN_FILES.signature}, where nobody can change it.`
      : `Without a signature it shows changes only to those who have a copy of ${RUN_FILES.evidence}: keep one elsewhere, or sign with --sign-key FILE.`,
    changed: bounded((earlier?.faults ?? []).map(faultText)),
  };
}
