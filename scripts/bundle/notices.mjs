// The licenses of what a bundle contains, by esbuild's record of what it read.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of a package that contains a path of esbuild's record; undefined for one of our own files. */
function packageOf(path) {
  const at = path.lastIndexOf('node_modules/');
  if (at < 0) return undefined;
  const [first, second] = path.slice(at + 'node_modules/'.length).split('/');
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  return path.slice(0, at) + `node_modules/${name}`;
}

function licenceText(folder) {
  const name = readdirSync(folder).find((file) => /^(licen[cs]e|copying)(\.|$)/i.test(file));
  return name === undefined ? undefined : readFileSync(join(folder, name), 'utf8').trim();
}

/** The text of a NOTICE: each package with its version, its license, and the text that its license requires. */
export function noticesOf(metafiles, root) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = new Set(inputs.map(packageOf).filter((folder) => folder !== undefined));
  const parts = [...folders].sort().map((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const { name, version, license, author } = manifest;
    const text = licenceText(join(root, folder));
    if (text === undefined && license === undefined)
      throw new Error(`${name} ${version} has no licence: it must not be in a bundle.`);
    const by = typeof author === 'string' ? author : author?.name;
    const short = `${license} License${by === undefined ? '' : `, ${by}`}.`;
    return `${name} ${version} (${license})\n\n${text ?? short}`;
  });
  const own = existsSync(join(root, 'LICENSE'))
    ? readFileSync(join(root, 'LICENSE'), 'utf8').trim()
    : '';
  return ['okta-reset\n\n' + own, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
}
