export * from '../../src/cli/demo/client';
