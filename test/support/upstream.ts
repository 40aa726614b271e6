export * from '../../src/cli/demo/upstream';
