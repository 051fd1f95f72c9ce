import { quoted } from '../input-error.ts';
import { holdsSecret } from '../layout/secret-cells.ts';

/** One address between angle brackets, as mail programs copy it: `Ada Lovelace <ada@acme.example>`. */
const IN_BRACKETS = /^([^<>]*)<([^<>@]+@[^<>@]+)>$/;
/** What mail programs and directories write before an address. */
const SCHEME = /^(?:mailto|smtp|sip):(?=.*@)/i;
/** What is left of a list of addresses when it is split into lines. */
const AT_END = /^(.*@[^\s,;@]+)\s*([,;]+)$/;
const PARTS = new Intl.ListFormat('en', { type: 'conjunction' });
const MOST_CHARACTERS = 1000;

/** A cell with one address, and what is around it. */
export interface MoreThanAddress {
  readonly address: string;
  /** One sentence or two for the admin: what is wrong, and what to remove. */
  readonly problem: string;
}

/**
 * Finds out what is around the only address in a cell: a name and brackets, or `mailto:`. Returns undefined for a plain
 * login, and for a cell that may contain several users or a secret.
 */
export function moreThanAddress(text: string): MoreThanAddress | undefined {
  if (text.length > MOST_CHARACTERS || holdsSecret(text)) return undefined;
  const [, whole = text, tail = ''] = AT_END.exec(text) ?? [];
  const [, before = '', inner = whole] = IN_BRACKETS.exec(whole) ?? [];
  const [scheme = ''] = SCHEME.exec(inner.trim()) ?? [];
  const address = inner.trim().slice(scheme.length).trim();
  const name = before.trim();
  const isRepeated = name === address;
  if (!isRepeated && name.includes('@')) return undefined;
  const parts = [
    ...(name === '' ? [] : [isRepeated ? 'the first address' : 'the name']),
    ...(inner === whole ? [] : ['the brackets']),
    ...(scheme === '' ? [] : [`“${scheme}”`]),
    ...(tail === '' ? [] : [`“${tail}” at the end`]),
  ];
  if (parts.length === 0) return undefined;
  const problem = `${quoted(text)} contains more than an address. Remove ${PARTS.format(parts)}.`;
  return { address, problem };
}
