const path = require('node:path');

/** Tests that write keys, for `canary.test.ts` to see them fail. */
module.exports = {
  ...require('../../../jest.config.cjs'),
  rootDir: path.join(__dirname, '../../..'),
  roots: ['<rootDir>/test/canary/planted'],
  testMatch: ['**/*.planted.ts'],
};
