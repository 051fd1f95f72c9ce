import { describe, expect, test } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readDocuments, ROOT } from '../documents.ts';
import { commandsIn, refusal, unknownFlags } from './commands.ts';
import { EXCEPTIONS, MAX_WORDS_IN_SENTENCE, TERMS, WORDS } from './rules.ts';
import { readSourceTexts, type SourceText } from './source-strings.ts';

const RULES = [
  ...WORDS,
  ...TERMS.map(({ term, otherSpellings }) => ({ avoid: otherSpellings, use: term })),
];
/** One pattern that finds what any rule might find, so that the rest need not be parsed. */
const ANY_RULE = new RegExp(RULES.map(({ avoid }) => avoid.source).join('|'), 'i');
/** A line of source that may hold a long sentence, a command, a flag or a hint. */
const OTHER_CANDIDATES =
  /^ {2}.{200}|okta-reset [a-z]|['"`( ]--[a-z]|\busage\(|new AppError\(|\bhow:/m;

/** Lines of comments: the rules are about what a user reads. */
const COMMENTS = /^\s*(?:\*|\/\/|\/\*).*$/gm;

const { texts, hints } = await readSourceTexts(
  (source) => OTHER_CANDIDATES.test(source) || ANY_RULE.test(source.replace(COMMENTS, '')),
);
/** Prose of the documents, without code and without what only a link names. The change log tells of the past. */
const prose: readonly SourceText[] = (await readDocuments())
  .filter(({ path }) => path !== 'CHANGELOG.md')
  .flatMap(({ path, text }) =>
    text
      .replace(/^\s*```[\s\S]*?^\s*```\s*$/gm, (block) => '\n'.repeat(block.split('\n').length - 1))
      .split('\n')
      .map((line, index) => ({
        where: `${path}:${String(index + 1)}`,
        // A row that names a test quotes its name as it is.
        text: line.replace(/(\| `test\/[^|]*\|).*$/, '$1').replace(/`[^`]*`|\]\([^)]*\)/g, '{}'),
      })),
  )
  // The table of the guide names the words to avoid; a promise quotes the name of its test.
  .filter(({ where, text }) => !(where.startsWith('CONTRIBUTING') && isGuide(text)))
  .filter(({ where, text }) => !(where.startsWith('SECURITY') && text.startsWith('| ')));

function isGuide(text: string): boolean {
  return /^\| (?!\{\})|“may not”|Nobody is “he”/.test(text);
}

function isException(text: string): boolean {
  return [...EXCEPTIONS.keys()].some((part) => text.includes(part));
}

function faultsOf(all: readonly SourceText[]): readonly string[] {
  return all
    .filter(({ text }) => !isException(text))
    .flatMap(({ where, text }) =>
      RULES.filter(({ avoid }) => avoid.test(text)).map(
        ({ avoid, use }) => `${where}  “${avoid.exec(text)?.[0] ?? ''}” → ${use}:  ${text}`,
      ),
    );
}

function wordsOf(sentence: string): readonly string[] {
  return sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}{]/u.test(word));
}

/** Documents that are made from data, or tell of the past. */
const MADE_OR_PAST = ['docs/cli.md', 'docs/errors.md', 'CHANGELOG.md'];

/** The program, its tests, and the scripts around it. This folder has the words to avoid. */
async function readSources() {
  const folders = ['src', 'test', 'scripts', 'bench'].map(async (folder) =>
    (await readdir(join(ROOT, folder), { recursive: true })).map((path) => `${folder}/${path}`),
  );
  const paths = (await Promise.all(folders))
    .flat()
    .filter((path) => /\.(?:tsx?|mjs|js)$/.test(path) && !path.startsWith('test/docs/voice/'));
  return Promise.all(
    paths.map(async (where) => ({ where, source: await readFile(join(ROOT, where), 'utf8') })),
  );
}

const sources = await readSources();

/** The comments of the sources, without code and flags. */
function readComments(): readonly SourceText[] {
  return sources.flatMap(({ where, source }) =>
    [...source.matchAll(/^ *\/\*\*[^]*?\*\/|^ *\/\/.*$/gm)].map(([text]) => ({
      where,
      text: text.replace(/\s+(?:\*|\/\/) ?/g, ' ').replace(/`[^`]*`|(?<!-)--[a-z-]+/g, '{}'),
    })),
  );
}

/** The names of tests, without what is put in for each row of a table. */
function readTestNames(): readonly SourceText[] {
  return sources.flatMap(({ where, source }) =>
    [...source.matchAll(/(?:\b(?:test|describe)\(|[\])`]\)\()\s*(['"`])((?:(?!\1).)+)\1,/g)].map(
      ([, , name = '']) => ({ where, text: name.replace(/\$\w+|`[^`]*`|--[a-z-]+/g, '{}') }),
    ),
  );
}

/** Sentences of a document that are long enough to be told twice; those of lists and tables too. */
function sentencesOf(text: string): readonly string[] {
  return text
    .replace(/^\s*```[\s\S]*?^\s*```\s*$/gm, '\n\n')
    .replace(/(\| `test\/[^|]*\|).*$/gm, '$1')
    .split(/\n\n|\n(?=[-|#\d])/)
    .flatMap((paragraph) => paragraph.replace(/\n\s*/g, ' ').split(/(?<=[.!?])\s+|\|/))
    .map((sentence) => sentence.trim())
    .filter((sentence) => wordsOf(sentence).length >= 8);
}

describe('the voice of the program', () => {
  test('no text of the sources uses a word that the guide replaces', () => {
    expect(faultsOf(texts)).toEqual([]);
  });

  test('nor do the documents', () => {
    expect(faultsOf(prose)).toEqual([]);
  });

  test('nor do the comments', () => {
    const comments = readComments();
    expect(comments.length).toBeGreaterThan(5000);
    expect(faultsOf(comments.filter(({ text }) => ANY_RULE.test(text)))).toEqual([]);
  });

  test('nor do the names of the tests', () => {
    const names = readTestNames();
    expect(names.length).toBeGreaterThan(1500);
    expect(faultsOf(names.filter(({ text }) => ANY_RULE.test(text)))).toEqual([]);
  });

  test('nothing is told twice: no two documents have a sentence in common', async () => {
    const first = new Map<string, string>();
    const twice: string[] = [];
    for (const { path, text } of await readDocuments()) {
      if (MADE_OR_PAST.includes(path)) continue;
      for (const sentence of new Set(sentencesOf(text))) {
        const other = first.get(sentence);
        if (other !== undefined) twice.push(`${other}, ${path}: ${sentence}`);
        first.set(sentence, path);
      }
    }
    expect(twice).toEqual([]);
  });

  test('no sentence of a message is longer than a tired reader takes in', () => {
    const long = texts
      .flatMap(({ where, text }) => text.split(/(?<=[.!?])\s+|\n/).map((part) => ({ where, part })))
      .filter(({ part }) => wordsOf(part).length > MAX_WORDS_IN_SENTENCE && !isException(part));
    expect(long).toEqual([]);
  });

  test('a hint says something that its error does not', () => {
    const bare = (text: string) =>
      new Set(
        text
          .toLowerCase()
          .match(/[\p{L}-]{4,}/gu)
          ?.map((word) => word.replace(/s$/, '')),
      );
    const empty = hints.filter(({ message, hint }) => {
      const said = bare(message);
      return [...bare(hint)].every((word) => said.has(word)) && !/\{\}|-/.test(hint);
    });
    expect(hints.length).toBeGreaterThan(80);
    expect(empty).toEqual([]);
  });

  test('each command that a text names is one that the parser takes', async () => {
    const named = texts
      .filter(({ text }) => !isException(text))
      .flatMap(({ where, text }) => commandsIn(text).map((words) => ({ where, words })));
    const refused = await Promise.all(
      named.map(async ({ where, words }) => ({ where, words, why: await refusal(words) })),
    );
    expect(named.length).toBeGreaterThan(60);
    expect(refused.filter(({ why }) => why !== undefined)).toEqual([]);
  });

  test('each flag that a text names is one of a command', () => {
    const strange = texts
      .filter(({ text }) => !isException(text))
      .flatMap(({ where, text }) => unknownFlags(text).map((flag) => `${where}  --${flag}`));
    expect(strange).toEqual([]);
  });

  test('there are at most ten exceptions, and each is needed', () => {
    expect(EXCEPTIONS.size).toBeLessThanOrEqual(10);
    const all = [...texts, ...prose].map(({ text }) => text);
    const unused = [...EXCEPTIONS.keys()].filter(
      (part) => !all.some((text) => text.includes(part)),
    );
    expect(unused).toEqual([]);
  });
});
