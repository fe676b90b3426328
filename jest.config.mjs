import { availableParallelism } from 'node:os';

// Tests stand beside the code they specify; e2e/ holds those that drive a whole running engine.
export default {
  // Most tests wait for a container, a lease or a page: one worker would leave two cores idle.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  testSequencer: '<rootDir>/jest.sequencer.mjs',
  testMatch: ['<rootDir>/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/cdk.out/', '/\\.rce/'],
  modulePathIgnorePatterns: ['/dist/', '/cdk.out/', '/\\.rce/'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript', tsx: false } }, module: { type: 'es6' } },
    ],
  },
  testTimeout: 30_000,
};
