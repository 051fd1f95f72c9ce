import tseslint from 'typescript-eslint';

const host = 'src/host.ts';

const ambient = {
  'no-console': 'error',
  'no-restricted-globals': [
    'error',
    { name: 'fetch', message: 'HTTP goes through src/okta/ (undici).' },
    { name: 'setTimeout', message: `Take a Clock; timers live in ${host}.` },
    { name: 'setInterval', message: `Take a Clock; timers live in ${host}.` },
    { name: 'console', message: 'Write to the streams of the Host.' },
    { name: 'process', message: `Take what you need from the Host; process lives in ${host}.` },
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: `Take a Clock; Date.now lives in ${host}.` },
    { object: 'Math', property: 'random', message: `Take a Random; Math.random lives in ${host}.` },
  ],
};

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'reports', 'fixtures', 'bench/peers/node_modules', '**/*.d.ts'] },
  {
    files: ['src/**/*.{ts,tsx}', 'test/**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/unified-signatures': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    rules: { ...ambient, 'max-lines': ['error', { max: 300 }] },
  },
  {
    files: [
      'src/{app,cli,config,console,disk,domain,engine,journal,okta,pacing,plan,report,sandbox,secrets,selection,text}/**/*.{ts,tsx}',
      'src/*.ts',
    ],
    rules: {
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: [host],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
    },
  },
  {
    // The browser is the host of a page: its requests and timers live here.
    files: ['src/console/page/client/*.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  {
    // Tests read what arrived over the wire or from disk; an assertion is the check there.
    files: ['test/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
);
