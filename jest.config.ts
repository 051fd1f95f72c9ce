/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const config: Config = {
  testEnvironment: '<rootDir>/scripts/jest-closing-environment.js',
  globalSetup: '<rootDir>/scripts/jest-before-all.js',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  injectGlobals: false,
  restoreMocks: true,
  randomize: true,
  maxWorkers: 4,
  testTimeout: 30_000,
  testSequencer: '<rootDir>/scripts/jest-sequencer.js',
  testRunner: '<rootDir>/scripts/jest-native-runner.js',
  transform: {},
  reporters: ['default', '<rootDir>/scripts/jest-tally-reporter.js'],
};

export default config;
