import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from './documents.ts';

interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly inBundle?: boolean;
  readonly integrity?: string;
}

const read = async (name: string): Promise<string> => readFile(join(ROOT, name), 'utf8');

test('every library that ships is bundled, and pinned by a digest', async () => {
  const manifest = JSON.parse(await read('package.json')) as {
    dependencies: object;
    bundleDependencies: readonly string[];
  };
  expect([...manifest.bundleDependencies].sort()).toEqual(
    Object.keys(manifest.dependencies).sort(),
  );
  const lock = JSON.parse(await read('package-lock.json')) as { packages: Record<string, Locked> };
  const shipped = Object.entries(lock.packages).filter(
    ([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true,
  );
  expect(shipped.length).toBeGreaterThan(30);
  const loose = shipped.filter(
    ([, { inBundle, integrity }]) => inBundle !== true || integrity === undefined,
  );
  expect(loose.map(([path]) => path)).toEqual([]);
});

test('the build makes no source maps: the sources do not ship', async () => {
  const { compilerOptions } = JSON.parse(await read('tsconfig.json')) as {
    compilerOptions: Record<string, unknown>;
  };
  expect(compilerOptions).not.toHaveProperty('sourceMap');
  expect(compilerOptions).not.toHaveProperty('inlineSourceMap');
});

test('CI looks at the package as it is installed', async () => {
  expect(await read('.ci/run')).toContain('npm run package:check');
});
