import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';

/** Characters that patterns tend to name or to leave out, one of each kind. */
const COMMON = Array.from('- a0@./:"\\,;=(_\t\n\0é\u200B');
const MOST_PUMPS = 7;
type Samples = readonly string[];

/** What makes a pattern try again and again: loops, with texts that lead to them, feed them and then fail to match. */
interface Loop {
  readonly before: string;
  readonly pumps: Samples;
  readonly misses: Samples;
}

function alphabetOf(pattern: AST.Pattern): readonly string[] {
  const named = new Set<string>();
  visitRegExpAST(pattern, {
    onCharacterEnter: ({ value }) => named.add(String.fromCodePoint(value)),
    onCharacterClassRangeEnter: ({ min, max }) => {
      named.add(String.fromCodePoint(min.value)).add(String.fromCodePoint(max.value));
    },
  });
  return [...COMMON, ...named];
}

class Attacker {
  readonly #flags: string;
  readonly #alphabet: readonly string[];

  constructor(flags: string, alphabet: readonly string[]) {
    this.#flags = flags.replace(/[gy]/g, '');
    this.#alphabet = alphabet;
  }

  /** Texts of the alphabet that an element matches whole, or does not match. */
  matching(raw: string, wanted: boolean): Samples {
    const whole = new RegExp(`^(?:${raw})$`, this.#flags);
    return this.#alphabet.filter((text) => whole.test(text) === wanted);
  }

  /** A text that an element matches; empty for what matches places, not characters. */
  sample(element: AST.Element): string {
    switch (element.type) {
      case 'Character':
        return String.fromCodePoint(element.value);
      case 'CharacterClass':
      case 'CharacterSet':
      case 'ExpressionCharacterClass':
        return this.matching(element.raw, true)[0] ?? '';
      case 'Group':
      case 'CapturingGroup':
        return this.#way(element.alternatives[0]?.elements ?? []);
      case 'Quantifier':
        return this.sample(element.element).repeat(Math.max(1, Math.min(element.min, 100)));
      case 'Assertion':
      case 'Backreference':
        return '';
      default: {
        const never: never = element;
        return never;
      }
    }
  }

  #way(elements: readonly AST.Element[]): string {
    return elements.map((element) => this.sample(element)).join('');
  }

  /** What leads to a node: a sample of everything before it, on every level. */
  before(node: AST.Node): string {
    const { parent } = node;
    if (parent === null) return '';
    const above = this.before(parent);
    if (parent.type !== 'Alternative') return above;
    return above + this.#way(parent.elements.slice(0, parent.elements.indexOf(node as never)));
  }

  loop(quantifier: AST.Quantifier): Loop {
    const { element } = quantifier;
    const single = this.matching(element.raw, true);
    const some = [...single.slice(0, MOST_PUMPS), ...single.slice(-2)];
    return {
      before: this.before(quantifier),
      pumps: [...new Set([...some, this.sample(element)])].filter((text) => text !== ''),
      misses: ['', ...this.matching(element.raw, false).slice(0, 2)],
    };
  }
}

/** Texts of about `length` characters, each once, that are made to let this pattern try much and find nothing. */
export function attacksOn(source: string, flags: string, length: number): ReadonlySet<string> {
  const unicode = flags.includes('u');
  const pattern = new RegExpParser().parsePattern(source, 0, source.length, { unicode });
  const attacker = new Attacker(flags, alphabetOf(pattern));
  const loops: Loop[] = [];
  visitRegExpAST(pattern, {
    onQuantifierEnter: (quantifier) => {
      if (quantifier.max > 1) loops.push(attacker.loop(quantifier));
    },
  });
  const many = (text: string) => text.repeat(Math.ceil(length / text.length));
  const texts = new Set<string>();
  for (const { before, pumps, misses } of loops)
    for (const pump of pumps)
      for (const miss of misses)
        for (const [lead, unit] of [
          [before, pump],
          ['', pump],
          ['', before + pump],
          ['', before + pump + pump],
        ] as const)
          texts.add(lead + many(unit) + miss);
  return texts;
}
