import { createServer } from 'node:net';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit-code';
import { run } from '../../src/cli/run';
import { BROKEN, CLEAN, EXAMPLE, UPSTREAM_CERTS, countersign, folder } from './support/command';

const clean = folder({ 'clean.yaml': CLEAN });
const warned = folder({ 'example.yaml': EXAMPLE });
const broken = folder({ 'broken.yaml': BROKEN, 'clean.yaml': CLEAN });
const files = folder({ 'short.key': 'too short', 'garbage.pem': 'no PEM', file: '' });
const at = (name: string) => join(files, name);

test('the table', () => {
  expect(EXIT).toEqual({ clean: 0, findings: 1, differences: 2, failure: 3 });
});

describe('0: clean', () => {
  test.each([
    ['no findings', ['validate', clean]],
    ['warnings only', ['validate', warned, UPSTREAM_CERTS]],
    ['all is served', ['render', clean]],
    ['a static bootstrap', ['render', '--static', clean]],
    ['a bootstrap', ['bootstrap', '--role', 'edge']],
  ])('%s', async (_what, argv) => {
    const { code, stdout } = await countersign(argv);
    expect(code).toBe(0);
    expect(stdout).not.toBe('');
  });
});

describe('1: findings', () => {
  test.each([
    ['an error', ['validate', broken]],
    ['an error in any format', ['validate', '--format', 'json', broken]],
    ['a warning, if asked for', ['validate', '--fail-on', 'warning', warned, UPSTREAM_CERTS]],
    ['a warning that strictness makes an error', ['validate', '--strict', warned, UPSTREAM_CERTS]],
    ['something quarantined', ['render', broken]],
  ])('%s', async (_what, argv) => {
    const { code, stdout } = await countersign(argv);
    expect(code).toBe(1);
    expect(stdout).not.toBe('');
  });

  test('a folder without one definition, if warnings are asked for', async () => {
    const empty = folder({ 'moved.yaml': '# elsewhere' });
    const codes = [
      ['validate', empty],
      ['validate', '--fail-on', 'warning', empty],
    ].map((argv) => countersign(argv));
    const [told, failed] = await Promise.all(codes);
    expect([told?.code, failed?.code]).toEqual([0, 1]);
    expect(failed?.stdout).toContain('warning CS1036');
  });

  test('what can be served is rendered nevertheless', async () => {
    const { stdout, stderr } = await countersign(['render', '--type', 'clusters', broken]);
    expect(stdout).toContain('plain_80');
    expect(stderr).toContain('error CS3001');
  });
});

// 2 (differences) belongs to `diff`, which does not exist yet: no command may end with it.

describe('3: wrong usage or I/O, in one line on standard error and with nothing on standard output', () => {
  test.each<[string, readonly string[], string]>([
    ['an unknown command', ['frobnicate'], "unknown command 'frobnicate'"],
    ['an unknown option', ['validate', '--wat', clean], "unknown option '--wat'"],
    ['no path', ['validate'], 'name the definitions: files, directories, - or --kubernetes'],
    ['a path that does not exist', ['validate', at('missing')], `cannot read ${at('missing')}: it does not exist`],
    ['the same for render', ['render', at('missing')], `cannot read ${at('missing')}: it does not exist`],
    ['an unknown severity', ['validate', '--fail-on', 'info', clean], 'Allowed choices are error, warning'],
    ['a word for a date', ['validate', '--at', 'tomorrow', clean], '--at: "tomorrow" is no date'],
    ['a number for a date', ['validate', '--at', '1', clean], '--at: "1" is no date'],
    ['a day that no month has', ['render', '--at', '2027-02-30', clean], '--at: "2027-02-30" is no date'],
    ['a moment without a time zone', ['validate', '--at', '2027-01-01T12:00', clean], 'is no date'],
    ['an unknown type', ['render', '--type', 'cluster', clean], '"cluster" is none of'],
    ['an unknown format', ['render', '--format', 'toml', clean], 'Allowed choices are yaml, json'],
    ['keys without a bootstrap', ['render', '--with-keys', clean], '--with-keys needs --static'],
    [
      'an ambassador_id that nothing has',
      ['render', '--ambassador-id', 'nobody', clean],
      'no definition belongs to ambassador_id "nobody"; there are default',
    ],
    ['no role', ['bootstrap'], "required option '--role <role>' not specified"],
    ['an unknown role', ['bootstrap', '--role', 'gateway'], 'Allowed choices are edge, sidecar'],
    ['an xDS address without a port', ['bootstrap', '--role', 'edge', '--xds', 'host'], 'write HOST:PORT'],
    ['an admin port that is none', ['bootstrap', '--role', 'edge', '--admin-port', '65536'], 'a port is a number'],
    ['an output folder that is a file', ['bootstrap', '--role', 'edge', '--out', at('file')], 'file already exists'],
    ['serve without paths', ['serve'], 'name the definitions: files, directories, - or --kubernetes'],
    ['serve on no address', ['serve', '--xds', 'nope', clean], '--xds: invalid address "nope"'],
    ['admin on no address', ['serve', '--admin', 'nope', clean], '--admin: invalid address "nope"'],
    [
      'half of the TLS files',
      ['serve', '--xds-cert', at('file'), clean],
      '--xds-cert, --xds-key and --xds-ca belong together',
    ],
    [
      'a TLS file that does not exist',
      [
        'serve',
        '--xds-cert',
        at('missing'),
        '--xds-key',
        at('file'),
        '--xds-ca',
        at('file'),
        '--xds-any-client',
        clean,
      ],
      `cannot read ${at('missing')}: it does not exist`,
    ],
    [
      'TLS files that are none',
      [
        'serve',
        '--xds-cert',
        at('garbage.pem'),
        '--xds-key',
        at('file'),
        '--xds-ca',
        at('file'),
        '--xds-any-client',
        clean,
      ],
      'are not a certificate, its key and a CA in PEM',
    ],
    ['a short version key', ['serve', '--secret-version-key', at('short.key'), clean], 'has fewer than 16 bytes'],
    ['a missing version key', ['serve', '--secret-version-key', at('missing'), clean], 'it does not exist'],
    ['an unknown log level', ['serve', '--log-level', 'trace', clean], 'Allowed choices are debug'],
    ['too many arguments', ['demo', 'now'], "too many arguments for 'demo'"],
  ])('%s', async (_what, argv, problem) => {
    const { code, stdout, stderr } = await countersign(argv);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['--ambassador-id', ['--ambassador-id', 'nobody'], {}],
    ['AMBASSADOR_ID', [], { AMBASSADOR_ID: 'nobody' }],
  ])(
    'a node group that nothing belongs to, by %s: its findings are told nevertheless',
    async (_by, flags, variables) => {
      const { code, stdout, stderr } = await countersign(['validate', ...flags, clean], { variables });
      expect(code).toBe(3);
      expect(stdout).toContain('in 1 definition');
      expect(stderr).toContain('no definition belongs to ambassador_id "nobody"; there are default');
    },
  );

  test('not one that a definition of every node group belongs to', async () => {
    const everywhere = CLEAN.replace('"hostname"', '"ambassador_id":["_automatic_"],"hostname"');
    expect(everywhere).toContain('_automatic_');
    const { code } = await countersign(['validate', '--ambassador-id', 'one', folder({ 'a.yaml': everywhere })]);
    expect(code).toBe(0);
  });

  test.each(['0.0.0.0:18000', '[::]:18000', '192.0.2.1:18000', 'example.com:18000'])(
    'an xDS port without TLS on %s',
    async (address) => {
      const { code, stderr } = await countersign(['serve', '--xds', address, clean]);
      expect(code).toBe(3);
      expect(stderr).toBe(
        `countersign: --xds ${address} is reachable from elsewhere and has no TLS: give --xds-cert, --xds-key and --xds-ca\n`,
      );
    },
  );

  test.each(['--xds', '--admin'])('a port of %s that is taken', async (flag) => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const ports = { '--xds': '127.0.0.1:0', '--admin': '127.0.0.1:0', [flag]: `127.0.0.1:${port}` };
    const { code, stderr } = await countersign(['serve', ...Object.entries(ports).flat(), clean]);
    await new Promise((resolve) => taken.close(resolve));
    expect(code).toBe(3);
    expect(stderr).toBe(`countersign: ${flag}: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`);
  });
});

test('a bug of our own is no exit code: it is thrown', async () => {
  const environment = {
    stdout: {
      write: () => {
        throw new Error('a bug');
      },
    },
    stderr: { write: () => true },
    variables: {},
    now: () => new Date(),
  };
  await expect(run(['validate', clean], environment)).rejects.toThrow('a bug');
});
