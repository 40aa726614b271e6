const path = require('node:path');

/** Tests with a real Consul, and with a real istiod and istio-agent, which `run.mjs` has found. */
module.exports = {
  ...require('../../jest.config.cjs'),
  rootDir: path.join(__dirname, '../..'),
  roots: ['<rootDir>/test/meshes'],
  testMatch: ['**/*.mesh.ts'],
  testTimeout: 600_000,
};
