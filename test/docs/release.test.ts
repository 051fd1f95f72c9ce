import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { VERSION } from '../../src/app/version.ts';
import { ROOT } from './documents.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('change log, lock file, deployment and the page on installing name the version that ships', () => {
  const [, newest] = /^## (\S+)/m.exec(read('CHANGELOG.md')) ?? [];
  const lock = JSON.parse(read('package-lock.json')) as {
    version: string;
    packages: Record<string, { version: string }>;
  };
  const packed = [...read('docs/install.md').matchAll(/okta-reset-(\d+\.\d+\.\d+)\.tgz/g)];
  expect([newest, lock.version, lock.packages['']?.version]).toEqual([VERSION, VERSION, VERSION]);
  const images = readdirSync(join(ROOT, 'deploy'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .flatMap((path) => [...read(join('deploy', path)).matchAll(/image: okta-reset:(\S+)/g)]);
  expect([packed.length, images.length].every((count) => count > 0)).toBe(true);
  expect(new Set([...packed, ...images].map(([, version]) => version))).toEqual(new Set([VERSION]));
});
