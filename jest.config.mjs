// Tests stand beside the code they specify; e2e/ holds those that drive a whole running engine.
export default {
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
