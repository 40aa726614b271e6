export * from '../../src/cli/demo/eventually';
