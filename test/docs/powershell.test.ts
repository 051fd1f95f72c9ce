import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { askLine, setLine } from '../../src/cli/line/shell-lines.ts';

type Token = { readonly kind: 'word' | 'text' | 'sign'; readonly text: string };

/** The tokens of a PowerShell line, as far as our lines use its grammar. Throws at anything else. */
function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = [];
  const grammar =
    /\s*(?:(?<text>'(?:[^'\u2018-\u201b]|(?<quote>['\u2018-\u201b])\k<quote>)*')|(?<word>\$env:[A-Z_]+|\[[\w.]+\]::new|-?[A-Za-z][\w.-]*)|(?<sign>\)\.[A-Za-z]+|[=(),]))/uy;
  while (grammar.lastIndex < line.length) {
    const at = grammar.lastIndex;
    const groups = grammar.exec(line)?.groups;
    if (groups === undefined) throw new Error(`not PowerShell at ${at}: ${line.slice(at)}`);
    const { text, word, sign } = groups;
    if (text !== undefined)
      tokens.push({ kind: 'text', text: text.slice(1, -1).replace(/(['\u2018-\u201b])\1/g, '$1') });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}

const ASKED = [
  { kind: 'word', text: '$env:OKTA_CLIENT_TOKEN' },
  { kind: 'sign', text: '=' },
  { kind: 'word', text: '[System.Net.NetworkCredential]::new' },
  { kind: 'sign', text: '(' },
  { kind: 'text', text: '' },
  { kind: 'sign', text: ',' },
  { kind: 'sign', text: '(' },
  { kind: 'word', text: 'Read-Host' },
  { kind: 'word', text: '-AsSecureString' },
  { kind: 'text', text: 'OKTA_CLIENT_TOKEN' },
  { kind: 'sign', text: ')' },
  { kind: 'sign', text: ').Password' },
];

describe('PowerShell lines', () => {
  test('a value comes out of its quotes as it was', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~\u2018-\u201b]{0,40}$/), (value) => {
        expect(tokensOf(setLine('powershell', 'OKTA_CLIENT_PRIVATEKEY', value))).toEqual([
          { kind: 'word', text: '$env:OKTA_CLIENT_PRIVATEKEY' },
          { kind: 'sign', text: '=' },
          { kind: 'text', text: value },
        ]);
      }),
    );
  });

  test('the token is asked for without an echo, and is in no line', () => {
    const line = askLine('powershell', 'OKTA_CLIENT_TOKEN');
    expect(tokensOf(line.replace(')).Password', ') ).Password'))).toEqual(ASKED);
  });

  test('docs/credentials.md shows the lines that the program prints', async () => {
    const text = await readFile(new URL('../../docs/credentials.md', import.meta.url), 'utf8');
    const block = /```powershell\n(.*?)```/s.exec(text)?.[1]?.split('\n');
    expect(block?.slice(0, 2)).toEqual([
      setLine('powershell', 'OKTA_CLIENT_ORGURL', 'https://acme.okta.com'),
      askLine('powershell', 'OKTA_CLIENT_TOKEN'),
    ]);
  });

  test('docs/rehearsal.md has each of its POSIX lines for PowerShell too', async () => {
    const text = await readFile(new URL('../../docs/rehearsal.md', import.meta.url), 'utf8');
    const lines = [...text.matchAll(/```powershell\n(.*?)```/gs)].flatMap(([, block = '']) =>
      block.trimEnd().split('\n'),
    );
    const set = [...text.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) =>
      setLine(
        'powershell',
        name,
        value.replace(/^'(.*)'$/, '$1').replace('/home/me/', 'C:\\Users\\me\\'),
      ),
    );
    const read = [...text.matchAll(/^curl -s \$OKTA_CLIENT_ORGURL(\S+)/gm)].map(
      ([, path = '']) => `Invoke-RestMethod "$env:OKTA_CLIENT_ORGURL${path}"`,
    );
    expect([set.length, read.length]).toEqual([7, 3]);
    expect([...lines].sort()).toEqual([...set, ...read].sort());
  });
});
