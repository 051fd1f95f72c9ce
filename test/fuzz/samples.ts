import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { membersOf, zipOf } from '../selection/workbook.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

const MADE: readonly string[] = [
  '[{"id":"00u1k2mQw8Zr4TnXb0h7","profile":{"login":"ada@acme.example"},"credentials":{"password":{"value":"x"}}},{"id":"00u1k2mR3vYc9LpKd5h7","groups":["a"],"emails":[{"value":"b"}]}]',
  '{"login":"ada@acme.example","n":1}\n{"login":"grace@acme.example","n":null}\n',
  '{"value":[{"userPrincipalName":"ada@acme.example"}],"next":{"a":["b"]}}',
  'actor.alternateId,target0.type,target0.alternateId\nroot@acme.example,User,ada@acme.example\n',
  'version:v1.0\nName [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required\nExample: Jo,jo@contoso.example,x\nAda,ada@acme.example,y\n',
];

/**
 * Workbooks, intact and hostile. Damage to a packed one is nearly always found by its checksum, so some are packed again
 * after it.
 */
function workbooks(): readonly Buffer[] {
  const rows = [
    ['Login', 'Team'],
    ['ada@acme.example', 'a'],
    ['grace@acme.example', 7],
  ] as const;
  const sound = membersOf([{ name: 'Users', rows, hidden: [2], merged: ['B2:B3'] }]);
  const sheet = 'xl/worksheets/sheet1.xml';
  const hostile = [
    `<worksheet>${'<row r="2"><c r="A2"/></row>'.repeat(2000)}</worksheet>`,
    `<worksheet><row><c r="XFD1" t="s"><v>-1</v></c></row></worksheet>`,
    `<worksheet><row r="-1"><c r="" s="x"><v>1e999</v></c><c t="s"><v>9</v></c></row></worksheet>`,
    `<worksheet><row r="x"><c r="A0" t="inlineStr"><is><t>\u001b[2J_x001B_[2J</t></is></c></row></worksheet>`,
    `<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>`,
  ];
  return [
    zipOf(sound),
    ...hostile.map((xml) =>
      zipOf(sound.map(([name, old]) => [name, name === sheet ? xml : old] as const)),
    ),
  ];
}

/** The files that damage is done to: every shape in fixtures/, and some of JSON, of other directories, and workbooks. */
export async function fileSamples(): Promise<readonly Buffer[]> {
  const names = (await readdir(FIXTURES)).filter((name) => /\.(csv|txt)$/.test(name));
  const files = await Promise.all(names.map((name) => readFile(join(FIXTURES, name))));
  return [...files, ...MADE.map((text) => Buffer.from(text)), ...workbooks()];
}
