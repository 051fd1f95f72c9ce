// The pages of console and report: what runs in a browser, with the libraries they use, as one script and one style each.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The name of the bundle in dist/browser/, and the modules at which it begins. */
const PAGES = {
  report: { script: 'src/report/browser/report.ts', style: 'src/report/browser/report.css' },
  console: { script: 'src/console/page/start.tsx', style: 'src/console/page/console.css' },
};

/** The licenses of what is bundled require that their notice is included. */
const notices = Object.entries({
  preact: 'Preact',
  uplot: 'uPlot',
  '@tanstack/virtual-core': 'TanStack Virtual',
}).map(([folder, name]) => {
  const licence = readFileSync(`${root}node_modules/${folder}/LICENSE`, 'utf8');
  return `${name}: MIT License. ${/Copyright.*/.exec(licence)[0]}`;
});
const NOTICES = `/*! ${notices.join(' · ')} */`;

/** Bundles them. With `write: false`, returns the results and writes nothing to the disk. Resolves with esbuild's result. */
export function bundlePages({ write }) {
  return build({
    write,
    metafile: true,
    absWorkingDir: root,
    entryPoints: Object.entries(PAGES).flatMap(([out, { script, style }]) => [
      { in: script, out },
      { in: style, out },
    ]),
    outdir: 'dist/browser',
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    // Browsers of 2022 and later, because an admin's laptop in a breach is not always the newest.
    target: ['es2022'],
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    banner: { js: NOTICES, css: NOTICES },
    logLevel: 'warning',
  });
}
