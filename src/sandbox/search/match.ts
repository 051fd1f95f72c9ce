import type { Expression, Operator } from './grammar.ts';

/** An attribute that an expression can name: how to read it from object number `index`. */
export interface Field {
  readonly kind: 'text' | 'time';
  readonly operators: ReadonlySet<Operator>;
  /** Whether texts are compared exactly. Default false: case is ignored. */
  readonly caseSensitive?: boolean;
  /** The value, or several values; undefined if the object has none. Times are epoch milliseconds as text. */
  readonly read: (index: number) => string | number | readonly string[] | undefined;
  /** All objects with exactly this value, if the attribute is indexed. */
  readonly lookup?: (value: string) => readonly number[];
}

export type Predicate = (index: number) => boolean;

export type Compiled =
  | {
      readonly kind: 'ok';
      readonly matches: Predicate;
      /** The only objects that can match, ascending; undefined if all must be checked. */
      readonly candidates: readonly number[] | undefined;
    }
  | { readonly kind: 'bad'; readonly problem: string };

function holds(
  operator: Exclude<Operator, 'pr'>,
  actual: string | number,
  wanted: string | number,
): boolean {
  switch (operator) {
    case 'eq':
      return actual === wanted;
    case 'ne':
      return actual !== wanted;
    case 'gt':
      return actual > wanted;
    case 'ge':
      return actual >= wanted;
    case 'lt':
      return actual < wanted;
    case 'le':
      return actual <= wanted;
    case 'sw':
      return String(actual).startsWith(String(wanted));
    case 'ew':
      return String(actual).endsWith(String(wanted));
    case 'co':
      return String(actual).includes(String(wanted));
    default: {
      const never: never = operator;
      return never;
    }
  }
}

interface Part {
  readonly matches: Predicate;
  readonly candidates: readonly number[] | undefined;
}

class BadAttribute extends Error {}

function clause(
  attribute: string,
  operator: Operator,
  value: string,
  fieldOf: (attribute: string) => Field | undefined,
): Part {
  const field = fieldOf(attribute);
  if (field === undefined) throw new BadAttribute(`attribute ${attribute} cannot be searched`);
  if (!field.operators.has(operator)) throw new BadAttribute(`${operator} not allowed here`);
  if (operator === 'ne') {
    // True only if none of the values is equal.
    const { matches } = comparison(field, 'eq', value);
    return { matches: (index) => !matches(index), candidates: undefined };
  }
  return comparison(field, operator, value);
}

function comparison(field: Field, operator: Operator, value: string): Part {
  if (operator === 'pr') {
    return {
      matches: (index) => {
        const actual = field.read(index);
        return (
          actual !== undefined && actual !== '' && !(Array.isArray(actual) && actual.length === 0)
        );
      },
      candidates: undefined,
    };
  }
  if (field.kind === 'time') {
    const wanted = Date.parse(value);
    if (Number.isNaN(wanted)) throw new BadAttribute('not a date');
    return {
      matches: (index) => {
        const actual = field.read(index);
        return typeof actual === 'number' && holds(operator, actual, wanted);
      },
      candidates: undefined,
    };
  }
  const same = (text: string): string => (field.caseSensitive ? text : text.toLowerCase());
  const wanted = same(value);
  if (operator === 'eq' && field.lookup !== undefined) {
    // An index can find more than the value itself, such as names that differ only in diacritics.
    const found = field.lookup(value).filter((index) => same(String(field.read(index))) === wanted);
    return { matches: (index) => found.includes(index), candidates: found };
  }
  return {
    matches: (index) => {
      const actual = field.read(index);
      if (typeof actual === 'string') return holds(operator, same(actual), wanted);
      if (typeof actual !== 'object') return false;
      return actual.some((one) => holds(operator, same(one), wanted));
    },
    candidates: undefined,
  };
}

function union(lists: readonly (readonly number[])[]): readonly number[] {
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}

function compilePart(
  expression: Expression,
  fieldOf: (attribute: string) => Field | undefined,
): Part {
  switch (expression.kind) {
    case 'clause':
      return clause(expression.attribute, expression.operator, expression.value, fieldOf);
    case 'and': {
      const parts = expression.parts.map((part) => compilePart(part, fieldOf));
      const indexed = parts
        .map((part) => part.candidates)
        .filter((list) => list !== undefined)
        .sort((a, b) => a.length - b.length);
      return {
        matches: (index) => parts.every((part) => part.matches(index)),
        candidates: indexed[0],
      };
    }
    case 'or': {
      const parts = expression.parts.map((part) => compilePart(part, fieldOf));
      const lists = parts.map((part) => part.candidates);
      const candidates = lists.every((list) => list !== undefined) ? union(lists) : undefined;
      return {
        matches: (index) => parts.some((part) => part.matches(index)),
        candidates,
      };
    }
    case 'not': {
      const { matches } = compilePart(expression.part, fieldOf);
      return { matches: (index) => !matches(index), candidates: undefined };
    }
    default: {
      const never: never = expression;
      return never;
    }
  }
}

/** Turns an expression into a test of object numbers, and into the few candidates that an index knows. */
export function compileExpression(
  expression: Expression,
  fieldOf: (attribute: string) => Field | undefined,
): Compiled {
  try {
    const part = compilePart(expression, fieldOf);
    const candidates = part.candidates === undefined ? undefined : union([part.candidates]);
    return { kind: 'ok', matches: part.matches, candidates };
  } catch (error) {
    if (error instanceof BadAttribute) return { kind: 'bad', problem: error.message };
    throw error;
  }
}
