/** A word that no text uses, and the one to use instead. */
export interface WordRule {
  readonly avoid: RegExp;
  readonly use: string;
}

/** Words that read translated, old, clipped or legal. The guide is in CONTRIBUTING.md. */
export const WORDS: readonly WordRule[] = [
  { avoid: /\bmend(?:s|ed|ing)?\b/i, use: 'fix' },
  { avoid: /\banew\b/i, use: 'again' },
  { avoid: /\b(?:whoever|whosoever|whomever)\b/i, use: 'anyone who' },
  { avoid: /\b(?:he|him|his|she)\b/i, use: 'they, them, the user' },
  { avoid: /\bmay not\b/i, use: 'must not, cannot, might not' },
  { avoid: /(?<!\bleav\w* .{0,40}|\bleft |\blet .{0,20})\balone\b/i, use: 'only, by itself' },
  { avoid: /\bin the place of\b|\bin (?:its|their) place\b/i, use: 'instead of, instead' },
  { avoid: /\ba \w+ of (?:its|their|our|his) own\b/i, use: 'its own …' },
  {
    avoid: /\b(?<!there )(?:is|are|was|were) no (?!longer\b|more than\b|less than\b)/i,
    use: 'is not a',
  },
  { avoid: /\bworks? no more\b|\bno more valid\b/i, use: 'no longer works' },
  { avoid: /\bhalf-way\b/i, use: 'halfway' },
  {
    avoid: /\bthe way to Okta\b|\bon (?:the|its) way\b/i,
    use: 'the connection, before it arrived',
  },
  {
    avoid:
      /\b(?:ever more|for ever|ere|nought|thus|hence|whilst|unawares|lest|upon|beneath|naught)\b/i,
    use: 'a plain word',
  },
  {
    avoid: /\b(?:utilize|leverage|facilitate|commence|terminate|prior to|in order to)\b/i,
    use: 'use, help, start, end, before, to',
  },
  { avoid: /\b(?:simply|obviously|of course|please note)\b/i, use: 'nothing' },
  { avoid: /\b(?:oops|sorry|uh-oh|hooray)\b/i, use: 'nothing: say what happened' },
  { avoid: /\bas one (?:will|likes)\b|\bso many\b|\bsuch as have\b/i, use: 'this number of' },
  { avoid: /\billegal\b/i, use: 'not allowed' },
  { avoid: /\bgoes on\b|\b(?:gone|went) on\b|\b(?:go|going) on with\b/i, use: 'continues' },
  { avoid: /\bbeside\b/i, use: 'next to, in addition to' },
  {
    avoid: /\bwhere (?:there|it) (?:is|are|was|were) (?:none|no)\b|\bblind to case\b/i,
    use: 'if there is none, ignoring case',
  },
  {
    avoid:
      /\bstands? (?:in(?! for)|under|behind|above|there)\b|\bwhat stands\b|\bas (?:it|they) stands?\b/i,
    use: 'is in, is under, what is, as it is',
  },
  { avoid: /\bin clear\b|\bwritten down\b/i, use: 'unencrypted, recorded' },
  { avoid: /\bhears? of\b|\bheed(?:s|ed)?\b/i, use: 'is called with, follows' },
  {
    avoid:
      /\bfor want of\b|\bbid(?:s|den)?\b|\b(?:and|or) the like\b|\bat present\b|\bthe other way round\b|\bfore(?:tell|told)\b/i,
    use: 'without, told, and so on, currently, the reverse, predicted',
  },
  { avoid: /\b(?:lies|lie) (?:in|under|beside)\b/i, use: 'is in, is under, is next to' },
  { avoid: /\b(?:white|black)list/i, use: 'allow list, block list' },
  {
    avoid: /(?<!-)\b(?<twice>[a-z]+(?: [a-z]+)?) \k<twice>\b(?<!\bless and less|\bmore and more)/,
    use: 'the words once',
  },
  {
    avoid: /\b(?:e\.g\.|i\.e\.|etc\.|via)(?!\w)/i,
    use: 'for example, that is, and so on, through',
  },
];

/** A term of the field, and its other spellings. */
export interface TermRule {
  readonly term: string;
  readonly otherSpellings: RegExp;
}

export const TERMS: readonly TermRule[] = [
  { term: 'email', otherSpellings: /\be-mail/i },
  { term: 'sign in', otherSpellings: /\blog(?:s|ged|ging)?[- ]in(?:to)?\b|\bsign into\b/i },
  { term: 'sign out', otherSpellings: /\blog(?:s|ged|ging)?[- ](?:out|off)\b/i },
  { term: 'enroll', otherSpellings: /\benrols?\b/i },
  { term: 'rate limit', otherSpellings: /\bratelimit|\brate-limit(?:s|ed)?\b(?! |-)/i },
  { term: 'timeout', otherSpellings: /\btime-outs?\b/i },
  { term: 'rerun', otherSpellings: /\bre-run/i },
  { term: 'resend', otherSpellings: /\bre-send/i },
  { term: 'dry run', otherSpellings: /(?<!-)\bdryrun\b/i },
  { term: 'license', otherSpellings: /\blicence/i },
  { term: 'color', otherSpellings: /\bcolour/i },
  { term: 'catalog', otherSpellings: /\bcatalogue/i },
  {
    term: '-ize',
    otherSpellings:
      /\b(?:recogni|synchroni|authori|organi|neutrali|initiali|normali)s(?:e|es|ed|ing|ation)\b/i,
  },
  { term: 'Organizational Administrator', otherSpellings: /\bOrganization Administrator\b/ },
  { term: 'okta-reset', otherSpellings: /\bOkta Reset\b|\bOktaReset\b/ },
];

/** The longest sentence that a tired reader takes in at once. */
export const MAX_WORDS_IN_SENTENCE = 30;

/**
 * Texts that a rule would refuse and that are right as they are: part of the text, and why.
 * At most ten, or the rule is wrong.
 */
export const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['There is no --token flag', 'it says that the flag is missing on purpose'],
]);
