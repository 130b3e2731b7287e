/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/\\.data/'],
  modulePathIgnorePatterns: ['/\\.data/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tests/support/strip-types.mjs' },
  setupFiles: ['<rootDir>/tests/support/property-seed.ts'],
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
  reporters: ['default', '<rootDir>/tests/support/reporter.ts'],
  testTimeout: 60_000,
  maxWorkers: 2,
  coverageProvider: 'v8',
  coveragePathIgnorePatterns: ['/node_modules/', '/tests/', '\\.generated\\.ts$'],
};
