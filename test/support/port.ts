export * from '../../src/cli/demo/port';
