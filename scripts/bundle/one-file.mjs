// The whole program as one file: source, libraries, pages. What it is made of comes from esbuild's own record.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { noticesOf } from './notices.mjs';
import { bundlePages } from './pages.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VERSION = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')).version;

/** What the program starts with, as bin/okta-reset.js does. */
const START = {
  contents: `
import { endProcess, host } from './src/host.ts';
import { main } from './src/main.ts';
main(host.argv, host).then(endProcess);
`,
  resolveDir: ROOT,
  loader: 'ts',
};

/** Replaces the module that reads the files of the package with the files themselves. */
const withFiles = (files) => ({
  name: 'package-files',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\](?:src|dist)[/\\]disk[/\\]package-file\.[jt]s$/ }, () => ({
      loader: 'js',
      contents: `const FILES = ${JSON.stringify(files)};
export function readPackageFile(path) {
  if (Object.hasOwn(FILES, path)) return FILES[path];
  throw Object.assign(new Error(path + ' is not in this file'), { code: 'ENOENT' });
}`,
    }));
  },
});

/**
 * zod's messages in fifty languages, of which only English is ever used. Without them, a fifth less is read at the start.
 */
const onlyEnglish = {
  name: 'only-english',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js';`,
    }));
  },
};

/**
 * What comes before the program, for each form: a module that Node runs, or the script of a single executable. Both load
 * Node's own modules with `require` when they are needed, because imports would all be loaded at the start.
 */
const BEFORE = {
  module: `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url), module = { exports: {} }, programUrl = import.meta.url;`,
  script: `const programUrl = require('node:url').pathToFileURL(process.execPath).href;`,
};

/** Makes text a comment that ends where it should, in ASCII like the rest. */
const comment = (text) =>
  `/*\n${text.replaceAll('*/', '* /').replace(/[^\n -~]/gu, (sign) => `\\u{${sign.codePointAt(0).toString(16)}}`)}\n*/\n`;

/**
 * Bundles the program in a form, \`module\` (an .mjs that Node runs) or \`script\`; `start` replaces what it starts with.
 * Resolves with its text and the notices of what is inside; writes nothing.
 */
export async function bundleProgram(form, start = START) {
  const pages = await bundlePages({ write: false });
  const files = {
    'package.json': JSON.stringify({ name: 'okta-reset', version: VERSION }),
    ...Object.fromEntries(
      pages.outputFiles.map(({ path, text }) => [`dist/browser/${basename(path)}`, text]),
    ),
  };
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    stdin: start,
    bundle: true,
    write: false,
    metafile: true,
    outfile: 'okta-reset.js',
    platform: 'node',
    target: ['node20.19'],
    format: 'cjs',
    define: { 'import.meta.url': 'programUrl' },
    supported: { 'dynamic-import': false },
    minify: true,
    // One byte per character, because Node takes longer to read a larger text.
    charset: 'ascii',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    mainFields: ['module', 'main'],
    logLevel: 'error',
    plugins: [withFiles(files), onlyEnglish],
  });
  const notices = noticesOf([metafile, pages.metafile], ROOT);
  const head = `// okta-reset ${VERSION}, with its libraries. Their licences stand at the end of this file.\n`;
  // A file that is marked as executable can be called by its name, or by a link to it.
  const firstLine = form === 'module' ? '#!/usr/bin/env node\n' : '';
  const text = `${firstLine}${head}${BEFORE[form]}\n${outputFiles[0].text}\n${comment(notices)}`;
  return { text, notices, version: VERSION };
}
