import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

const MADE: readonly string[] = [
  '[{"id":"00u1k2mQw8Zr4TnXb0h7","profile":{"login":"ada@acme.example"},"credentials":{"password":{"value":"x"}}},{"id":"00u1k2mR3vYc9LpKd5h7","groups":["a"],"emails":[{"value":"b"}]}]',
  '{"login":"ada@acme.example","n":1}\n{"login":"grace@acme.example","n":null}\n',
  '{"value":[{"userPrincipalName":"ada@acme.example"}],"next":{"a":["b"]}}',
  'actor.alternateId,target0.type,target0.alternateId\nroot@acme.example,User,ada@acme.example\n',
  'version:v1.0\nName [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required\nExample: Jo,jo@contoso.example,x\nAda,ada@acme.example,y\n',
];

/** The files that damage is done to: every shape in fixtures/, and some of JSON and of other directories. */
export async function fileSamples(): Promise<readonly Buffer[]> {
  const names = (await readdir(FIXTURES)).filter((name) => /\.(csv|txt)$/.test(name));
  const files = await Promise.all(names.map((name) => readFile(join(FIXTURES, name))));
  return [...files, ...MADE.map((text) => Buffer.from(text))];
}
