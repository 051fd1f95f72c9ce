import { expect, test } from '@jest/globals';
import { COMMANDS } from '../../src/cli/line/commands.ts';
import { asCalled, programOf } from '../../src/domain/program.ts';

test.each([
  ['/usr/local/bin/okta-reset', '/home/me', {}, 'okta-reset'],
  ['/home/me/project/node_modules/.bin/okta-reset', '/home/me/project', {}, 'npx okta-reset'],
  ['/root/.npm/_npx/2e41/node_modules/.bin/okta-reset', '/srv/okta-reset', {}, 'npx okta-reset'],
  ['/srv/okta-reset/bin/okta-reset.js', '/srv/okta-reset', {}, 'npx okta-reset'],
  ['/srv/okta-reset/bin/okta-reset.js', '/srv/okta-reset/docs', {}, 'npx okta-reset'],
  [
    '/srv/okta-reset/bin/okta-reset.js',
    '/srv/okta-reset-runs',
    {},
    'node /srv/okta-reset/bin/okta-reset.js',
  ],
  ['/srv/my tools/bin/okta-reset.js', '/tmp', {}, "node '/srv/my tools/bin/okta-reset.js'"],
  [
    'C:\\Users\\me\\AppData\\Roaming\\npm\\node_modules\\okta-reset\\bin\\okta-reset.js',
    'C:\\work',
    {},
    'okta-reset',
  ],
  [
    'C:\\work\\tools\\node_modules\\okta-reset\\bin\\okta-reset.js',
    'c:\\Work\\tools',
    {},
    'npx okta-reset',
  ],
  [
    'C:\\Users\\me\\AppData\\Local\\npm-cache\\_npx\\2e41\\node_modules\\okta-reset\\bin\\okta-reset.js',
    'C:\\work\\okta-reset',
    { npm_command: 'exec' },
    'npx okta-reset',
  ],
  // The tool of a tool: npx finds it only from there.
  [
    '/srv/app/node_modules/tools/node_modules/okta-reset/bin/okta-reset.js',
    '/srv/app/node_modules/tools',
    {},
    'npx okta-reset',
  ],
  [
    '/srv/app/node_modules/tools/node_modules/okta-reset/bin/okta-reset.js',
    '/srv/app',
    {},
    'okta-reset',
  ],
  ['/opt/tools/okta-reset', '/tmp', { PATH: '/usr/bin:/opt/tools' }, 'okta-reset'],
  ['/opt/tools/okta-reset', '/tmp', { PATH: '/usr/bin:/bin' }, '/opt/tools/okta-reset'],
  ['./okta-reset', '/tmp', { PATH: '/usr/bin' }, './okta-reset'],
  ['C:\\tools\\okta-reset.exe', 'C:\\work', { Path: 'C:\\Windows;C:\\tools' }, 'okta-reset'],
  ['C:\\tools\\okta-reset.exe', 'C:\\work', { Path: 'C:\\Windows' }, "'C:\\tools\\okta-reset.exe'"],
  ['/opt/tools/okta-reset', '/tmp', {}, 'okta-reset'],
  ['/home/me/okta-reset.mjs', '/home/me', {}, 'node /home/me/okta-reset.mjs'],
  ['/srv/okta-reset/node_modules/jest/bin/jest.js', '/srv/okta-reset', {}, 'okta-reset'],
])('%s, called in %s, is called again in the same way', (script, cwd, env, program) => {
  expect(programOf({ script, cwd, env })).toBe(program);
});

test('commands in a text get the form of the call, once, and nothing else does', () => {
  const npx = (text: string) => asCalled(text, 'npx okta-reset');
  expect(npx('→ okta-reset resume reports/x, or `okta-reset doctor`.')).toBe(
    '→ npx okta-reset resume reports/x, or `npx okta-reset doctor`.',
  );
  expect(npx(npx('okta-reset --help'))).toBe('npx okta-reset --help');
  for (const kept of [
    'a bug in okta-reset. Please report it',
    'Make sure that no okta-reset is working on this run',
    'node /srv/okta-reset/bin/okta-reset.js plan',
    'reports/okta-reset run',
  ])
    expect(npx(kept)).toBe(kept);
  expect(asCalled('okta-reset runs', 'node $&')).toBe('node $& runs');
});

test('every command of the program is recognized', () => {
  for (const { name } of COMMANDS)
    expect(asCalled(`okta-reset ${name}`, 'npx okta-reset')).toBe(`npx okta-reset ${name}`);
});
