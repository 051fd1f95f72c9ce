/** Names in a seal that lead elsewhere, or control the terminal. */
export const EVIDENCE_ENTRIES: readonly (readonly [what: string, name: string])[] = [
  ['a path up', '../outside/file'],
  ['a path from the root', '/etc/hostname'],
  ['a path of Windows', '..\\outside\\file'],
  ['the folder itself', '.'],
  ['the folder above', '..'],
  ['codes of a terminal', '\u001b]0;title\u0007\u001b[2Jx'],
  ['marks of writing direction', 'a\u202efdp.exe'],
];
