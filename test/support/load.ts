export * from '../../src/cli/demo/load';
