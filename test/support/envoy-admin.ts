export * from '../../src/cli/demo/envoy-admin';
