import { TokenType } from '@streamparser/json';
import { kindOfHeader } from '../layout/header.ts';

/** A member of a record by its dotted name, with its value as text. */
export type Member = readonly [name: string, text: string];

/** A scalar of JSON, as the tokenizer returns it. Numbers stay as they are written. */
export interface Token {
  readonly type: TokenType;
  readonly text: string;
}

/** A list of users is not nested deeper than this. Okta's own users have five levels. */
const MOST_DEPTH = 32;
/** A user has fewer members than this. */
const MOST_MEMBERS = 2_000;
/** The most characters of one record; a CSV row can have as many. */
const MOST_CHARACTERS = 250_000;

/** Why a text is not a list of users in JSON. */
export type JsonFault = 'malformed' | 'too-deep' | 'too-long' | 'no-record' | 'several-lists';

/** Thrown by `JsonFlattener` if a text is not a list of users. */
export class JsonFlatteningError extends Error {
  readonly fault: JsonFault;

  constructor(fault: JsonFault) {
    super(fault);
    this.fault = fault;
  }
}

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end';

interface Frame {
  readonly kind: 'object' | 'array';
  readonly name: string;
  expected: Expected;
  key: string;
  index: number;
  /** The scalars of an array so far, as JSON; undefined once it contains anything else. */
  scalars: string[] | undefined;
}

/** The name of the only column if the list contains texts. */
export const TEXT_MEMBER = 'user';

/** Members that contain the list in the answer of an API: `{"value": […]}`. */
const LISTS: ReadonlySet<string> = new Set(
  'value values users members results result data items records rows resources people entries content'.split(
    ' ',
  ),
);

/**
 * Makes flat records from the tokens of JSON: from the members of one array, from values that follow each other, or from the
 * array in an API's answer, under a name such as `value` or `users`. Nested members get dotted names. An array of texts and
 * numbers is one member, as JSON.
 */
export class JsonFlattener {
  readonly #onRecord: (members: readonly Member[]) => void;
  readonly #frames: Frame[] = [];
  #members: Member[] = [];
  #characters = 0;
  /** How many frames surround a record: 1 in an array, 2 in an array of an answer; Infinity once that array has ended. */
  #outer = 0;

  constructor(onRecord: (members: readonly Member[]) => void) {
    this.#onRecord = onRecord;
  }

  /** Whether every value that has begun is complete. */
  get isComplete(): boolean {
    return this.#frames.length === 0;
  }

  /** Takes the next token. Throws `JsonFlatteningError`. */
  take(token: Token): void {
    const frame = this.#frames.at(-1);
    switch (token.type) {
      case TokenType.LEFT_BRACE:
        this.#open('object', frame);
        return;
      case TokenType.LEFT_BRACKET:
        this.#open('array', frame);
        return;
      case TokenType.RIGHT_BRACE:
        this.#close('object', frame);
        return;
      case TokenType.RIGHT_BRACKET:
        this.#close('array', frame);
        return;
      case TokenType.COLON:
        if (frame?.expected !== 'colon') throw new JsonFlatteningError('malformed');
        frame.expected = 'value';
        return;
      case TokenType.COMMA:
        if (frame?.expected !== 'comma-or-end') throw new JsonFlatteningError('malformed');
        frame.expected = frame.kind === 'object' ? 'key' : 'value';
        return;
      case TokenType.SEPARATOR:
        return;
      case TokenType.STRING:
      case TokenType.NUMBER:
      case TokenType.TRUE:
      case TokenType.FALSE:
      case TokenType.NULL:
        this.#scalar(token, frame);
        return;
      default: {
        const never: never = token.type;
        return never;
      }
    }
  }

  #childName(frame: Frame | undefined): string {
    if (frame === undefined || this.#frames.length <= this.#outer) return '';
    const own = frame.kind === 'object' ? frame.key : String(frame.index);
    return frame.name === '' ? own : `${frame.name}.${own}`;
  }

  #expectValue(frame: Frame | undefined): void {
    if (frame === undefined) return;
    if (frame.expected !== 'value' && frame.expected !== 'value-or-end')
      throw new JsonFlatteningError('malformed');
  }

  #valued(frame: Frame | undefined): void {
    if (frame === undefined) return;
    frame.expected = 'comma-or-end';
    frame.index += 1;
  }

  #open(kind: Frame['kind'], frame: Frame | undefined): void {
    this.#expectValue(frame);
    if (this.#frames.length >= MOST_DEPTH) throw new JsonFlatteningError('too-deep');
    if (kind === 'array') this.#openArray(frame);
    // An element that is not a text gives each element of its array a separate name.
    if (frame?.kind === 'array' && this.#frames.length > this.#outer) this.#spread(frame);
    const name = this.#childName(frame);
    const expected = kind === 'object' ? 'key-or-end' : 'value-or-end';
    this.#frames.push({
      kind,
      name,
      expected,
      key: '',
      index: 0,
      scalars: kind === 'array' ? [] : undefined,
    });
  }

  /** Tells whether an array is the list of records. */
  #openArray(frame: Frame | undefined): void {
    if (frame === undefined) {
      this.#outer = 1;
      return;
    }
    const isList = this.#frames.length === 1 && LISTS.has(frame.key.toLowerCase());
    if (isList && this.#outer === Infinity) throw new JsonFlatteningError('several-lists');
    if (isList && this.#outer === 0 && !this.#members.some(([name]) => kindOfHeader(name))) {
      this.#outer = 2;
      // What came before the list does not belong to a user.
      this.#members = [];
      this.#characters = 0;
    } else if (this.#frames.length === this.#outer) {
      throw new JsonFlatteningError('no-record');
    }
  }

  #spread(frame: Frame): void {
    const { scalars } = frame;
    frame.scalars = undefined;
    scalars?.forEach((text, index) => {
      const value = text.startsWith('"') ? (JSON.parse(text) as string) : text;
      this.#add(`${frame.name}.${index}`, text === 'null' ? '' : value);
    });
  }

  #close(kind: Frame['kind'], frame: Frame | undefined): void {
    const ends = ['key-or-end', 'value-or-end', 'comma-or-end'];
    if (frame?.kind !== kind || !ends.includes(frame.expected))
      throw new JsonFlatteningError('malformed');
    this.#frames.pop();
    const isInside = this.#frames.length > this.#outer;
    const isList = kind === 'array' && this.#frames.length + 1 === this.#outer;
    if (isInside && kind === 'array' && frame.scalars !== undefined && frame.scalars.length > 0)
      this.#add(frame.name, `[${frame.scalars.join(',')}]`);
    this.#valued(this.#frames.at(-1));
    if (this.#frames.length === this.#outer && kind === 'object') this.#emit();
    if (this.#frames.length === 0) this.#outer = 0;
    else if (isList) this.#outer = Infinity;
  }

  #scalar(token: Token, frame: Frame | undefined): void {
    if (frame?.kind === 'object' && frame.expected.startsWith('key')) {
      if (token.type !== TokenType.STRING) throw new JsonFlatteningError('malformed');
      frame.key = token.text;
      frame.expected = 'colon';
      return;
    }
    this.#expectValue(frame);
    const depth = this.#frames.length;
    if (depth === this.#outer) {
      if (token.type !== TokenType.STRING) throw new JsonFlatteningError('no-record');
      this.#add(TEXT_MEMBER, token.text);
      this.#emit();
    } else if (depth > this.#outer && frame !== undefined) {
      if (frame.kind === 'array' && frame.scalars !== undefined)
        frame.scalars.push(
          token.type === TokenType.STRING ? JSON.stringify(token.text) : token.text,
        );
      else this.#add(this.#childName(frame), token.type === TokenType.NULL ? '' : token.text);
      this.#count(token.text);
    }
    this.#valued(frame);
  }

  #count(text: string): void {
    this.#characters += text.length + 1;
    if (this.#characters > MOST_CHARACTERS) throw new JsonFlatteningError('too-long');
  }

  #add(name: string, text: string): void {
    this.#count(name);
    if (this.#members.length >= MOST_MEMBERS) throw new JsonFlatteningError('too-long');
    this.#members.push([name, text]);
  }

  #emit(): void {
    const members = this.#members;
    this.#members = [];
    this.#characters = 0;
    this.#onRecord(members);
  }
}
