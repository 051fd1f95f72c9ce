import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  parseExpression,
  type Expression,
  type Operator,
} from '../../../src/sandbox/search/grammar.ts';
import { compileExpression, type Field } from '../../../src/sandbox/search/match.ts';
import { sorted } from '../../../src/sandbox/search/sorting.ts';

const pr = (attribute: string) => ({ kind: 'clause', attribute, operator: 'pr', value: '' });
const eq = (value: string) => ({ kind: 'clause', attribute: 'a', operator: 'eq', value });

describe('an expression', () => {
  test.each<[string, object]>([
    ['a pr', pr('a')],
    [' \t a\tPR ', pr('a')],
    ['a.b pr', pr('a.b')],
    ['a eq "x y"', eq('x y')],
    ['a eq"x"', eq('x')],
    ['a EQ ""', eq('')],
    ['a eq "\\"\\\\"', eq('"\\')],
    ['a eq true', eq('true')],
    ['a eq false', eq('false')],
    ['a eq -12', eq('-12')],
    ['(a pr)', pr('a')],
    ['a pr and b pr', { kind: 'and', parts: [pr('a'), pr('b')] }],
    ['a pr OR b pr or c pr', { kind: 'or', parts: [pr('a'), pr('b'), pr('c')] }],
    [
      'a pr or b pr and c pr',
      { kind: 'or', parts: [pr('a'), { kind: 'and', parts: [pr('b'), pr('c')] }] },
    ],
    [
      '(a pr or b pr)and(c pr)',
      { kind: 'and', parts: [{ kind: 'or', parts: [pr('a'), pr('b')] }, pr('c')] },
    ],
    ['not pr', pr('not')],
    ['not (a pr)', { kind: 'not', part: pr('a') }],
    ['NOT (a pr) and b pr', { kind: 'and', parts: [{ kind: 'not', part: pr('a') }, pr('b')] }],
  ])('%j is understood', (text, expression) => {
    expect(parseExpression(text, true)).toEqual({ kind: 'ok', expression });
  });

  test.each([
    ['', 'unexpected end'],
    ['a', 'unexpected end'],
    ['a eq', 'unexpected end'],
    ['a pr and', 'unexpected end'],
    ['(a pr', 'unexpected end'],
    ['(a pr b', 'missing )'],
    ['a pr)', 'text after the expression'],
    ['a pr b pr', 'text after the expression'],
    ['"a" pr', 'an attribute is expected'],
    [') pr', 'an attribute is expected'],
    ['a "eq" "x"', 'unknown operator'],
    ['a near "x"', 'unknown operator'],
    ['a (', 'unknown operator'],
    ['a eq x', 'a quoted value is expected'],
    ['a eq truely', 'a quoted value is expected'],
    ['a eq 1x', 'a quoted value is expected'],
    ['a eq (', 'a quoted value is expected'],
    ['a eq "x', 'unterminated string'],
    ['a eq "\\', 'unknown escape'],
    ['a eq "\\n"', 'unknown escape'],
    ['not (a pr', 'unexpected end'],
  ])('%j is refused: %s', (text, problem) => {
    expect(parseExpression(text, true)).toEqual({ kind: 'bad', problem });
  });

  test('has “not” only at an endpoint that knows it', () => {
    expect(parseExpression('not (a pr)')).toEqual({ kind: 'bad', problem: 'unknown operator' });
  });

  test('is nested 64 times at most', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}a pr${')'.repeat(depth)}`;
    expect(parseExpression(nested(64))).toEqual({ kind: 'ok', expression: pr('a') });
    expect(parseExpression(nested(65))).toEqual({ kind: 'bad', problem: 'nested too deep' });
  });
});

/** Ten objects with a name, an indexed name, some tags and perhaps a time. */
const NAMES = ['ada', 'Bob', 'bob', 'cy', 'ada', '', 'Dan', 'eve', 'Eve', 'bo'];
const TAGS = NAMES.map((_, at) => ['x', 'Y', 'xy'].slice(0, at % 4));
const TIMES = NAMES.map((_, at) => (at % 3 === 0 ? undefined : at * 1000));
const ALL: readonly Operator[] = ['eq', 'ne', 'sw', 'co', 'ew', 'gt', 'ge', 'lt', 'le', 'pr'];
const operators = new Set(ALL);
const INDEXES = [...NAMES.keys()];
const numbersOf = (value: string) =>
  INDEXES.filter((at) => NAMES[at]?.toLowerCase() === value.toLowerCase());

const FIELDS: Readonly<Record<string, Field>> = {
  name: { kind: 'text', operators, read: (at) => NAMES[at] },
  exact: { kind: 'text', operators, caseSensitive: true, read: (at) => NAMES[at] },
  indexed: { kind: 'text', operators, read: (at) => NAMES[at], lookup: numbersOf },
  precise: {
    ...{ kind: 'text', operators, caseSensitive: true, read: (at) => NAMES[at] },
    lookup: numbersOf,
  },
  tags: { kind: 'text', operators, read: (at) => TAGS[at] },
  at: { kind: 'time', operators, read: (at) => TIMES[at] },
};

function compares(operator: Operator, actual: string | number, wanted: string | number): boolean {
  const [a, w] = [String(actual), String(wanted)];
  const results = {
    ...{ eq: actual === wanted, ne: actual !== wanted, pr: true },
    ...{ gt: actual > wanted, ge: actual >= wanted, lt: actual < wanted, le: actual <= wanted },
    ...{ sw: a.startsWith(w), ew: a.endsWith(w), co: a.includes(w) },
  };
  return results[operator];
}

/** What an expression means, said without any index. */
function means(expression: Expression, at: number): boolean {
  if (expression.kind === 'not') return !means(expression.part, at);
  if (expression.kind !== 'clause') {
    const results = expression.parts.map((part) => means(part, at));
    return expression.kind === 'and' ? results.every(Boolean) : results.some(Boolean);
  }
  const { attribute, operator, value } = expression;
  const isExact = attribute === 'exact' || attribute === 'precise';
  const fold = (text: string) => (isExact ? text : text.toLowerCase());
  const texts = attribute === 'tags' ? (TAGS[at] ?? []) : [NAMES[at] ?? ''];
  const time = TIMES[at];
  if (attribute === 'at') {
    if (operator === 'pr') return time !== undefined;
    const holds = time !== undefined && compares(operator, time, Date.parse(value));
    return operator === 'ne' ? time !== Date.parse(value) : holds;
  }
  if (operator === 'pr') return texts.some((text) => text !== '');
  if (operator === 'ne') return texts.every((text) => fold(text) !== fold(value));
  return texts.some((text) => compares(operator, fold(text), fold(value)));
}

const clause = fc.oneof(
  fc.record({
    kind: fc.constant('clause' as const),
    attribute: fc.constantFrom('name', 'exact', 'indexed', 'precise', 'indexed', 'tags'),
    operator: fc.constantFrom(...ALL, 'eq' as const, 'eq' as const),
    value: fc.constantFrom('ada', 'bob', 'BOB', 'Eve', 'x', 'xy', 'b', 'zed', ''),
  }),
  fc.record({
    kind: fc.constant('clause' as const),
    attribute: fc.constant('at'),
    operator: fc.constantFrom(...ALL),
    value: fc.constantFrom('1970-01-01T00:00:04Z', '1970-01-01T00:00:08Z', '1980-01-01T00:00:00Z'),
  }),
);
const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    clause,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), part: tie('tree') }),
  ),
}));

test('an expression matches what it says, and its candidates miss none', () => {
  fc.assert(
    fc.property(tree, (expression) => {
      const compiled = compileExpression(expression, (name) => FIELDS[name]);
      if (compiled.kind === 'bad') throw new Error(compiled.problem);
      const wanted = INDEXES.filter((at) => means(expression, at));
      expect(INDEXES.filter(compiled.matches)).toEqual(wanted);
      const { candidates } = compiled;
      if (candidates === undefined) return;
      expect(candidates).toEqual([...new Set(candidates)].toSorted((a, b) => a - b));
      expect(candidates.filter(compiled.matches)).toEqual(wanted);
    }),
    { numRuns: 200 },
  );
});

test('only what an index knows has candidates, the fewest of an “and”', () => {
  const candidates = (text: string) => {
    const parsed = parseExpression(text, true);
    if (parsed.kind === 'bad') throw new Error(parsed.problem);
    const compiled = compileExpression(parsed.expression, (name) => FIELDS[name]);
    return compiled.kind === 'ok' ? compiled.candidates : undefined;
  };
  expect(candidates('indexed eq "bob"')).toEqual([1, 2]);
  expect(candidates('precise eq "bob"')).toEqual([2]);
  expect(candidates('name eq "bob"')).toBeUndefined();
  expect(candidates('indexed sw "bob"')).toBeUndefined();
  expect(candidates('indexed eq "cy" or indexed eq "ada"')).toEqual([0, 3, 4]);
  expect(candidates('indexed eq "cy" or name eq "ada"')).toBeUndefined();
  expect(candidates('indexed eq "bob" and indexed eq "cy" and name pr')).toEqual([3]);
  expect(candidates('not (indexed eq "bob")')).toBeUndefined();
});

test.each([
  ['nothing eq "x"', 'attribute nothing cannot be searched'],
  ['equal sw "x"', 'sw not allowed here'],
  ['at eq "soon"', 'not a date'],
])('%s is refused: %s', (text, problem) => {
  const fields: Readonly<Record<string, Field>> = {
    ...FIELDS,
    equal: { kind: 'text', operators: new Set(['eq']), read: () => 'x' },
  };
  const parsed = parseExpression(text);
  if (parsed.kind === 'bad') throw new Error(parsed.problem);
  for (const expression of [parsed.expression, { kind: 'not', part: parsed.expression } as const])
    expect(compileExpression(expression, (name) => fields[name])).toEqual({ kind: 'bad', problem });
});

describe('order', () => {
  const idOf = (at: number) => String.fromCharCode(122 - at);
  const order = (name: string, sortOrder: string | null) => {
    const field = FIELDS[name];
    if (field === undefined) throw new Error(name);
    return sorted(INDEXES, field, idOf, sortOrder);
  };

  test('is by value, then by id; without a value first', () => {
    const shown = (list: readonly number[]) => list.map((at) => NAMES[at]);
    const up = NAMES.toSorted();
    expect(shown(order('name', null))).toEqual(up);
    expect(shown(order('name', 'asc'))).toEqual(up);
    expect(shown(order('name', 'DESC'))).toEqual(up.toReversed());
    // The two called ada: the later one has the earlier id.
    expect(order('name', null).filter((at) => NAMES[at] === 'ada')).toEqual([4, 0]);
    expect(order('name', 'desc').filter((at) => NAMES[at] === 'ada')).toEqual([4, 0]);
    expect(order('at', null)).toEqual([9, 6, 3, 0, 1, 2, 4, 5, 7, 8]);
    expect(order('at', 'desc')).toEqual([8, 7, 5, 4, 2, 1, 9, 6, 3, 0]);
  });

  test('is by the first of several values', () => {
    expect(order('tags', null)).toEqual([8, 4, 0, 9, 7, 6, 5, 3, 2, 1]);
  });
});
