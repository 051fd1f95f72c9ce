/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const config: Config = {
  testEnvironment: '<rootDir>/scripts/jest-closing-environment.js',
  globalSetup: '<rootDir>/scripts/jest-fresh-build.js',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  injectGlobals: false,
  restoreMocks: true,
  randomize: true,
  maxWorkers: 2,
  testTimeout: 120_000,
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic', importSource: 'preact' } },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  collectCoverageFrom: ['src/**/*.{ts,tsx}'],
  coverageProvider: 'v8',
  coverageReporters: ['text-summary'],
  coverageThreshold: { global: { branches: 85, functions: 90, lines: 90, statements: 90 } },
  reporters: ['default', '<rootDir>/scripts/jest-tally-reporter.js'],
};

export default config;
