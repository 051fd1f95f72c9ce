/** What a text of JSON is as records, and which texts are none. */
import { describe, expect, test } from '@jest/globals';
import { readJsonRecords } from '../../src/selection/json/json-records.ts';
import { ADA, brief, errorOf, GRACE, selectCsv } from './sample.ts';

async function* chunksOf(parts: readonly string[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part);
}

/** The records of a text, each member as `name=value`; or why it has none. */
async function recordsOf(...parts: readonly string[]): Promise<readonly string[] | string> {
  const records: string[] = [];
  try {
    for await (const batch of readJsonRecords('users.json', chunksOf(parts))) {
      expect(batch.length).toBeGreaterThan(0);
      for (const members of batch)
        records.push(members.map(([name, text]) => `${name}=${text}`).join('; '));
    }
  } catch (error) {
    return (error as Error).message;
  }
  return records;
}

const position = (at: number, what: string) => `users.json: the content at position ${at} ${what}`;
const MALFORMED = 'is not well-formed JSON.';
const NO_RECORD = 'is neither an object nor a text.';

describe('the records of JSON', () => {
  test.each<[string, string[]]>([
    ['[{"a":1,"b":{"c":"x","d":{"e":true}}}]', ['a=1; b.c=x; b.d.e=true']],
    ['[{"a":null,"b":false,"c":1.50}]', ['a=; b=false; c=1.50']],
    ['{"a":[1,"x",true,null,2.50]}', ['a=[1,"x",true,null,2.50]']],
    ['{"a":["x"],"b":[]}', ['a=["x"]']],
    ['{"a":["\\"x\\""],"b":{}}', ['a=["\\"x\\""]']],
    ['{"a":["x",2,null,{"b":1},"y",["z"]]}', ['a.0=x; a.1=2; a.2=; a.3.b=1; a.4=y; a.5=["z"]']],
    ['{"a":[[1,2],[3]],"b":2}', ['a.0=[1,2]; a.1=[3]; b=2']],
    ['{"a":[{"b":[{"c":1}]}]}', ['a.0.b.0.c=1']],
    ['["ada","uma"]', ['user=ada', 'user=uma']],
    ['"ada" "uma"', ['user=ada', 'user=uma']],
    ['["ada",{"id":"x"}]', ['user=ada', 'id=x']],
    ['[{"id":1}]\n[{"id":2},{"id":3}]', ['id=1', 'id=2', 'id=3']],
    ['{"a":1}{"b":2}\n{}', ['a=1', 'b=2', '']],
  ])('%s are %j', async (text, records) => {
    expect(await recordsOf(text)).toEqual(records);
    expect(await recordsOf(...Array.from(text))).toEqual(records);
  });

  test.each<[string, string[]]>([
    ['{"count":2,"value":[{"a":1},{"a":2}],"n":3,"next":{"b":["c"]}}', ['a=1', 'a=2']],
    ['{"name":"x","VALUE":[{"a":1}]}', ['a=1']],
    ['{"users":["ada"]}', ['user=ada']],
    ['{"value":[{"a":1}]} {"value":[{"a":2}]}', ['a=1', 'a=2']],
    // The members of a user can have such a name too.
    ['{"id":"x","values":["a"]}', ['id=x; values=["a"]']],
    ['{"name":"y","id":"x","values":["a"]}', ['name=y; id=x; values=["a"]']],
    ['{"tags":["a"],"id":"x"}', ['tags=["a"]; id=x']],
    ['{"data":{"users":[{"id":"x"}]}}', ['data.users.0.id=x']],
    ['[{"users":["a"]}]', ['users=["a"]']],
  ])('of an answer, %s, are %j', async (text, records) => {
    expect(await recordsOf(text)).toEqual(records);
  });

  test.each([
    ['{"a" 1}', position(1, MALFORMED)],
    ['{"a":1 "b":2}', position(1, MALFORMED)],
    ['{"a":}', position(1, MALFORMED)],
    ['{"a":1,}', position(1, MALFORMED)],
    ['{,}', position(1, MALFORMED)],
    ['{1:2}', position(1, MALFORMED)],
    ['{"a",1}', position(1, MALFORMED)],
    ['{"a"::1}', position(1, MALFORMED)],
    ['{"a":1]', position(1, MALFORMED)],
    ['{"a":{"b":1}', position(1, MALFORMED)],
    ['{"a":1}}', position(2, MALFORMED)],
    ['{"a":[}', position(1, MALFORMED)],
    ['{{"a":1}}', position(1, MALFORMED)],
    ['{"a":["b" "c"]}', position(1, MALFORMED)],
    ['{"a":["b",]}', position(1, MALFORMED)],
    ['{"a":[:]}', position(1, MALFORMED)],
    ['[{"a":1}{"a":2}]', position(2, MALFORMED)],
    ['[{"a":1},]', position(2, MALFORMED)],
    ['[,{"a":1}]', position(1, MALFORMED)],
    ['["a"', position(2, MALFORMED)],
    ['[{"a":1}', position(2, MALFORMED)],
    [':', position(1, MALFORMED)],
    [',', position(1, MALFORMED)],
    ['nope', position(1, MALFORMED)],
    ['"ada" "um', position(2, MALFORMED)],
    ['7', position(1, NO_RECORD)],
    ['{"a":1} 7', position(2, NO_RECORD)],
    ['["ada",7]', position(2, NO_RECORD)],
    ['[[{"a":1}]]', position(1, NO_RECORD)],
    ['{"users":[["ada"]]}', position(1, NO_RECORD)],
    ['{"users":["ada"],"members":["uma"]}', position(2, 'comes after a second list.')],
  ])('%s are refused', async (text, message) => {
    expect(await recordsOf(text)).toBe(message);
  });

  test('are at most 32 levels deep', async () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect(await recordsOf(nested(32))).toHaveLength(1);
    expect(await recordsOf(nested(33))).toMatch(/position 1 is nested too deeply/);
    expect(await recordsOf(`[${nested(32)}]`)).toMatch(/is nested too deeply/);
  });

  test('have at most 2,000 members each', async () => {
    const members = (count: number) =>
      `{${Array.from({ length: count }, (_, at) => `"${at}":1`).join()}}`;
    expect(await recordsOf(members(2000) + members(2000))).toHaveLength(2);
    expect(await recordsOf(members(2001))).toBe(position(1, 'is too long for one user.'));
  });

  test('have at most 250,000 characters each, with the names of their members', async () => {
    // The name and the value count one more each.
    const long = (characters: number) => `{"a":"${'x'.repeat(characters - 3)}"}`;
    const most = long(250_000);
    expect(await recordsOf(most, most)).toHaveLength(2);
    expect(await recordsOf(`{"n":"x","value":[${most}]}`)).toHaveLength(1);
    for (const text of [
      long(250_001),
      `${most} ${long(250_001)}`,
      `{"a":["${'x'.repeat(125_000)}","${'x'.repeat(125_000)}"]}`,
      `{"${'a'.repeat(250_000)}":1}`,
    ])
      expect(await recordsOf(text)).toMatch(/is too long for one user/);
  });

  test('can have up to a MiB of nothing between them', async () => {
    const blank = ' '.repeat(1024 * 1024);
    expect(await recordsOf('[{"a":1}', blank, ',{"a":2}]')).toHaveLength(2);
    expect(await recordsOf('[{"a":1}', blank, ' ')).toBe(position(2, 'is too long for one user.'));
  });
});

test('the lines of JSON are the numbers of its users, however many there are', async () => {
  const pad = 'x'.repeat(200);
  const users = Array.from({ length: 700 }, (_, at) => ({ id: at % 2 ? ADA : GRACE, n: at, pad }));
  const { rows } = await selectCsv(JSON.stringify(users), {}, 50_000);
  expect(rows.map(({ line, columns }) => [line, columns['n']])).toEqual(
    users.map((_, at) => [at + 1, String(at)]),
  );
});

test('a list of texts has one column, and a list of objects with that name has not', async () => {
  const texts = await selectCsv(JSON.stringify(['ada', ADA]), { column: 'user' });
  expect(texts.rows.map(brief)).toEqual(['1 login ada', `2 id ${ADA}`]);
  const objects = JSON.stringify([{ user: 'ada', login: 'uma' }]);
  expect((await selectCsv(objects)).rows.map(brief)).toEqual(['1 login uma']);
});

test('the refusals of JSON name its columns', async () => {
  const text = JSON.stringify([{ login: 'ada', password: 'x' }]);
  expect(await errorOf(selectCsv(text, { column: 'password' }))).toMatchObject({
    message: expect.stringContaining('It is left out, so --column cannot use it.'),
    hint: 'If it has no secrets: --keep-column password',
  });
  expect(await errorOf(selectCsv(text, { column: 'konto' }))).toMatchObject({
    message: 'users.csv has no column “konto”. Its first line: “login”, “password”.',
  });
  const sideBySide = JSON.stringify({ data: { users: [{ id: ADA }, { id: GRACE }] } });
  expect((await errorOf(selectCsv(sideBySide))).message).toContain('all its users in one record');
});
