/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  testTimeout: 30_000,
  // On two cores, one less would be one.
  maxWorkers: '100%',
  // Every private key that a test makes or reads is looked for in everything that the run writes.
  globalSetup: '<rootDir>/test/canary/start.ts',
  setupFiles: ['<rootDir>/test/canary/watch-tests.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/canary/name-test.ts'],
  globalTeardown: '<rootDir>/test/canary/end.ts',
};
