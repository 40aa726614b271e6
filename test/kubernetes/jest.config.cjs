const path = require('node:path');

/** Tests with a real kube-apiserver, which `run.mjs` has found. */
module.exports = {
  ...require('../../jest.config.cjs'),
  rootDir: path.join(__dirname, '../..'),
  roots: ['<rootDir>/test/kubernetes'],
  testMatch: ['**/*.cluster.ts'],
  testTimeout: 300_000,
};
