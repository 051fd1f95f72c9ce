export type Operator = 'eq' | 'ne' | 'sw' | 'co' | 'ew' | 'gt' | 'ge' | 'lt' | 'le' | 'pr';

/** A parsed `search` or `filter` expression. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }
  | {
      readonly kind: 'clause';
      readonly attribute: string;
      readonly operator: Operator;
      /** Empty for `pr`. */
      readonly value: string;
    };

export type Parsed =
  | { readonly kind: 'ok'; readonly expression: Expression }
  | { readonly kind: 'bad'; readonly problem: string };

type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: '(' | ')' };

const OPERATORS = new Set<string>(['eq', 'ne', 'sw', 'co', 'ew', 'gt', 'ge', 'lt', 'le', 'pr']);
const MAX_DEPTH = 64;

class BadExpression extends Error {}

function readQuoted(text: string, start: number): { readonly value: string; readonly end: number } {
  let value = '';
  for (let i = start + 1; i < text.length; i += 1) {
    const c = text[i];
    if (c === '"') return { value, end: i + 1 };
    if (c === '\\') {
      i += 1;
      const escaped = text[i];
      if (escaped !== '"' && escaped !== '\\') throw new BadExpression('unknown escape');
      value += escaped;
    } else {
      value += c ?? '';
    }
  }
  throw new BadExpression('unterminated string');
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let i = 0;
  while (i < text.length) {
    const c = text[i] ?? '';
    if (c === ' ' || c === '\t') {
      i += 1;
    } else if (c === '(' || c === ')') {
      tokens.push({ kind: c });
      i += 1;
    } else if (c === '"') {
      const { value, end } = readQuoted(text, i);
      tokens.push({ kind: 'value', text: value });
      i = end;
    } else {
      const start = i;
      while (i < text.length && !' \t()"'.includes(text[i] ?? '')) i += 1;
      tokens.push({ kind: 'word', text: text.slice(start, i) });
    }
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #negates: boolean;
  #at = 0;

  constructor(tokens: readonly Token[], negates: boolean) {
    this.#tokens = tokens;
    this.#negates = negates;
  }

  #wordIs(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'word' && token.text.toLowerCase() === text;
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new BadExpression('unexpected end');
    this.#at += 1;
    return token;
  }

  whole(): Expression {
    const expression = this.#series('or', 0);
    if (this.#at < this.#tokens.length) throw new BadExpression('text after the expression');
    return expression;
  }

  #series(kind: 'and' | 'or', depth: number): Expression {
    const part = (): Expression =>
      kind === 'or' ? this.#series('and', depth) : this.#clause(depth);
    const first = part();
    if (!this.#wordIs(kind)) return first;
    const parts = [first];
    while (this.#wordIs(kind)) {
      this.#at += 1;
      parts.push(part());
    }
    return { kind, parts };
  }

  #clause(depth: number): Expression {
    if (this.#negates && this.#wordIs('not') && this.#tokens[this.#at + 1]?.kind === '(') {
      this.#at += 1;
      return { kind: 'not', part: this.#clause(depth) };
    }
    const token = this.#next();
    if (token.kind === '(') {
      if (depth >= MAX_DEPTH) throw new BadExpression('nested too deep');
      const inner = this.#series('or', depth + 1);
      if (this.#next().kind !== ')') throw new BadExpression('missing )');
      return inner;
    }
    if (token.kind !== 'word') throw new BadExpression('an attribute is expected');
    const operator = this.#next();
    const name = operator.kind === 'word' ? operator.text.toLowerCase() : '';
    if (!OPERATORS.has(name)) throw new BadExpression('unknown operator');
    if (name === 'pr') {
      return { kind: 'clause', attribute: token.text, operator: 'pr', value: '' };
    }
    const value = this.#next();
    if (
      value.kind !== 'value' &&
      !(value.kind === 'word' && /^(true|false|-?\d+)$/.test(value.text))
    )
      throw new BadExpression('a quoted value is expected');
    return {
      kind: 'clause',
      attribute: token.text,
      operator: name as Operator,
      value: value.text,
    };
  }
}

/**
 * Parses Okta's SCIM-like expressions: clauses, `and` before `or`, parentheses, values in double quotes with `\"`, and `not
 * (…)` if the endpoint knows it.
 */
export function parseExpression(text: string, negates = false): Parsed {
  try {
    return { kind: 'ok', expression: new Parser(tokenize(text), negates).whole() };
  } catch (error) {
    if (error instanceof BadExpression) return { kind: 'bad', problem: error.message };
    throw error;
  }
}
