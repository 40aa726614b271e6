import { chmodSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '../../src/cli/log';
import type { StateOptions } from '../../src/cli/last-good-state';
import { type RunningServer, startServer } from '../../src/cli/server';
import type { CertificateAuthority } from '../../src/cli/demo/pki';
import { AdminClient } from '../support/admin-client';
import { ConfigDirectory } from '../support/config-directory';
import { host, keyPair, listener, mapping, secret } from '../support/definitions';
import { eventually } from '../support/eventually';
import { issueLeaf, rootCa } from '../support/issuance';
import { KeyTraces } from '../canary/key-traces';
import { LogCapture } from '../support/log-capture';
import { Child } from './support/child';
import { folder } from './support/command';

const FILE = 'last-good.state';
const KEY = Buffer.from(Array.from({ length: 32 }, (_none, index) => (index * 37 + 200) % 256));

let ca: CertificateAuthority;
beforeAll(async () => void (ca = await rootCa()));

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

class Serve {
  readonly admin: AdminClient;
  readonly log: LogCapture;
  readonly #server: RunningServer;

  private constructor(server: RunningServer, log: LogCapture) {
    this.#server = server;
    this.log = log;
    this.admin = new AdminClient(server.adminPort);
  }

  static async start(path: string, state: StateOptions): Promise<Serve> {
    const log = new LogCapture();
    const server = await startServer({
      paths: [path],
      policy: { strict: false, forceSecretValidation: false, installNamespace: 'default' },
      xds: '127.0.0.1:0',
      admin: '127.0.0.1:0',
      secretVersionKey: Buffer.from('countersign test key'),
      state,
      log: createLogger('debug', log),
      now: () => new Date(),
    });
    const serve = new Serve(server, log);
    stops.push(async () => await serve.stop());
    return serve;
  }

  #stopped = false;
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#server.stop(0);
  }

  async written(): Promise<string> {
    return await eventually('the state is written', async () => (await this.admin.status()).state?.writtenAt);
  }

  async certificates(): Promise<readonly string[]> {
    return (await this.admin.status()).certificates.map(({ serial }) => serial);
  }
}

/** A Host with a good certificate, the folder and the key file of a state. */
async function scene() {
  const leaf = await issueLeaf(ca, { name: 'edge.test' });
  const edge = host('edge', { hostname: 'edge.test', tlsSecret: { name: 'edge' } });
  const config = await ConfigDirectory.create({
    'definitions.yaml': [
      listener(8443, { protocol: 'HTTPS', securityModel: 'SECURE' }),
      edge,
      mapping('a', { prefix: '/a/', service: 'a' }),
    ],
    'edge.yaml': [keyPair('edge', leaf)],
  });
  stops.push(() => config.stop());
  const own = folder();
  const keyFile = join(own, 'key');
  writeFileSync(keyFile, KEY, { mode: 0o400 });
  const state = join(own, 'state');
  const spoil = async () => {
    await config.write('edge.yaml', [secret('edge', { 'tls.crt': 'garbage', 'tls.key': 'garbage' })]);
  };
  const breakDefinitions = async () => {
    await config.writeText('definitions.yaml', 'kind: [Mapping');
  };
  const of = (path: string) => Serve.start(config.path, { folder: path });
  const sealed = () => Serve.start(config.path, { folder: state, keyFile });
  return { leaf, config, state, keyFile, spoil, breakDefinitions, keyless: () => of(state), sealed };
}

const bare = (serial: string) => serial.replaceAll(':', '').toLowerCase();

test('with a key, what was last good is served after a restart, since when it was', async () => {
  const { leaf, spoil, breakDefinitions, sealed } = await scene();
  let serve = await sealed();
  await serve.written();
  await spoil();
  await breakDefinitions();
  await serve.admin.finding('CS2003');
  await serve.admin.finding('CS1004');
  const since = (await serve.admin.status()).diagnostics.find(({ code }) => code === 'CS2003')?.consequence;
  expect(since).toMatch(/since/);
  await serve.stop();
  serve = await sealed();
  await serve.written();
  expect(await serve.certificates()).toEqual([bare(leaf.serial)]);
  const status = await serve.admin.status();
  expect(status.diagnostics.find(({ code }) => code === 'CS2003')?.consequence).toBe(since);
  expect(status.state).toMatchObject({ form: 'sealed', failedWrites: 0, restored: { definitions: 4, files: 2 } });
  expect(await serve.admin.metric('countersign_state_restored', 'what="definitions"')).toBe(4);
  expect(await serve.admin.metric('countersign_state_written_seconds')).toBeGreaterThan(1.7e9);
});

test('without a key, definitions come back and certificates do not, but for which and since when', async () => {
  const { leaf, spoil, breakDefinitions, keyless } = await scene();
  let serve = await keyless();
  await serve.written();
  await spoil();
  await breakDefinitions();
  await serve.admin.finding('CS2003');
  await serve.admin.finding('CS1004');
  await serve.stop();
  for (let times = 0; times < 2; times += 1) {
    serve = await keyless();
    await serve.written();
    expect(await serve.certificates()).toEqual([]);
    const status = await serve.admin.status();
    expect(status.state).toMatchObject({ form: 'keyless', restored: { definitions: 3 } });
    const lost = status.diagnostics.find(({ code }) => code === 'CS6009');
    expect(lost?.message).toMatch(
      /^Secret default\/edge served CN=edge\.test \(SHA-256 [0-9a-f]{64}, until .*Z\), as the last good one since .*Z, before/,
    );
    await serve.stop();
  }
  expect(leaf.serial).toBeDefined();
});

test('good input wins, and what was deleted meanwhile is gone', async () => {
  const { config, sealed } = await scene();
  let serve = await sealed();
  await serve.written();
  await serve.stop();
  const renewed = await issueLeaf(ca, { name: 'edge.test' });
  await config.write('definitions.yaml', [
    listener(8443, { protocol: 'HTTPS', securityModel: 'SECURE' }),
    host('edge', { hostname: 'edge.test', tlsSecret: { name: 'edge' } }),
  ]);
  await config.write('edge.yaml', [keyPair('edge', renewed)]);
  serve = await sealed();
  await serve.written();
  expect(await serve.certificates()).toEqual([bare(renewed.serial)]);
  expect(await serve.admin.metric('countersign_config_resources', 'type="clusters"')).toBe(0);
});

test('a Secret that was deleted in use while nobody served keeps serving, as it would have', async () => {
  const { config, leaf, sealed } = await scene();
  let serve = await sealed();
  await serve.written();
  await serve.stop();
  await config.remove('edge.yaml');
  serve = await sealed();
  await serve.admin.finding('CS6004');
  expect(await serve.certificates()).toEqual([bare(leaf.serial)]);
});

test.each([
  ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), /damaged/],
  ['changed', (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 500 ? byte ^ 1 : byte))), /damaged/],
  ['emptied', () => Buffer.alloc(0), /no state of Countersign/],
  ['of another version', (bytes: Buffer) => replaced(bytes, '"version":1', '"version":9'), /version 9/],
])('a state that was %s is told of, put aside and not used', async (_how, spoilt, problem) => {
  const { state, spoil, sealed } = await scene();
  let serve = await sealed();
  await serve.written();
  await serve.stop();
  await spoil();
  const file = join(state, FILE);
  writeFileSync(file, spoilt(readFileSync(file)));
  serve = await sealed();
  await serve.written();
  const found = (await serve.admin.status()).diagnostics.find(({ code }) => code === 'CS6007');
  expect(found?.message).toMatch(problem);
  expect(await serve.certificates()).toEqual([]);
  expect(readdirSync(state).toSorted()).toEqual([FILE, `${FILE}.refused`, 'lock']);
});

test('another key, no key and other paths restore nothing', async () => {
  const { config, state, keyFile, spoil, sealed, keyless } = await scene();
  const first = await sealed();
  await first.written();
  await first.stop();
  await spoil();
  const kept = readFileSync(join(state, FILE));
  const other = `${keyFile}.other`;
  writeFileSync(other, Buffer.from(KEY).reverse(), { mode: 0o400 });
  for (const [start, problem] of [
    [() => Serve.start(config.path, { folder: state, keyFile: other }), /sealed with another key/],
    [keyless, /there is no --state-key/],
    [() => Serve.start(join(config.path, 'edge.yaml'), { folder: state, keyFile }), /other paths/],
  ] as const) {
    writeFileSync(join(state, FILE), kept);
    const serve = await start();
    await eventually('it is compiled', async () => ((await serve.admin.status()).ready ? true : undefined));
    const { diagnostics, certificates } = await serve.admin.status();
    expect(diagnostics.find(({ code }) => code === 'CS6007')?.message).toMatch(problem);
    expect(certificates).toEqual([]);
    await serve.stop();
  }
});

test('a state that cannot be written is a warning, and serving goes on', async () => {
  const { config, state, sealed } = await scene();
  const serve = await sealed();
  await serve.written();
  // Where the next file is to be made there is a folder, which root can't replace either.
  renameSync(join(state, FILE), `${state}.kept`);
  await config.write('more.yaml', [mapping('b', { prefix: '/b/', service: 'b' })]);
  await serve.written();
  mkdirSync(join(state, `${FILE}.next`));
  writeFileSync(join(state, `${FILE}.next`, 'in the way'), '');
  await config.write('more.yaml', [mapping('c', { prefix: '/c/', service: 'c' })]);
  await serve.admin.finding('CS6008');
  expect(await serve.admin.metric('countersign_state_failed_writes')).toBeGreaterThan(0);
  expect((await serve.admin.status()).ready).toBe(true);
});

test('no private key shows in any file of the folder, with and without a key', async () => {
  for (const form of ['sealed', 'keyless'] as const) {
    const { leaf, config, state, spoil, [form]: start } = await scene();
    const stray = await issueLeaf(ca, { name: 'stray.test', key: 'rsa' });
    const traces = new KeyTraces();
    traces.addKey('edge', leaf.privateKeyPem);
    traces.addKey('stray', stray.privateKeyPem);
    // Where no key belongs, too.
    await config.write('stray.yaml', [
      mapping('stray', { prefix: '/s/', service: 's', add_request_headers: { key: stray.privateKeyPem } }),
      { apiVersion: 'v1', kind: 'Secrets', metadata: { name: 'misspelt' }, stringData: { k: stray.privateKeyPem } },
      {
        ...mapping('annotated', { prefix: '/t/', service: 't' }),
        metadata: { name: 'annotated', annotations: { k: stray.privateKeyPem } },
      },
    ]);
    const encoded = Buffer.from(stray.privateKeyPem).toString('base64');
    await config.write('encoded.yaml', [
      ...[encoded, encoded.replaceAll(/.{30}/g, '$&\n'), Buffer.from(stray.privateKeyPem).toString('hex')].map(
        (value, index) => ({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: {
            name: `embedding-${index}`,
            annotations: {
              'getambassador.io/config': `kind: Secret\ndata:\n  k: |\n    ${value.replaceAll('\n', '\n    ')}`,
            },
          },
          spec: { ports: [{ port: 80 }] },
        }),
      ),
    ]);
    const serve = await start();
    await serve.written();
    await spoil();
    await serve.admin.finding('CS2003');
    await serve.stop();
    const files = readdirSync(state).filter((name) => name !== 'lock');
    expect(files).toEqual([FILE]);
    for (const name of files) {
      expect(statSync(join(state, name)).mode & 0o777).toBe(0o600);
      const bytes = readFileSync(join(state, name));
      expect(traces.findIn(bytes)).toEqual([]);
      expect(bytes.includes('PRIVATE')).toBe(false);
      if (form === 'sealed') expect(bytes.includes('edge.test')).toBe(false);
    }
  }
});

test('the command line: variables, and what cannot be used ends it at once', async () => {
  const { config, state, keyFile } = await scene();
  const run = (argv: readonly string[], variables = {}) => {
    const child = new Child(['serve', '--xds', '127.0.0.1:0', '--admin', '127.0.0.1:0', ...argv], '', variables);
    stops.push(async () => await child.stop());
    return child;
  };
  const first = run([config.path], { COUNTERSIGN_STATE: state, COUNTERSIGN_STATE_KEY: keyFile });
  await first.logged(({ msg }) => msg === 'configuration published');
  const second = run([config.path, '--state', state]);
  expect(await second.exited()).toBe(3);
  expect(second.stderr).toContain('is used by another process');
  const third = run([config.path, '--state-key', keyFile]);
  expect(await third.exited()).toBe(3);
  expect(third.stderr).toContain('--state-key needs --state');
  chmodSync(keyFile, 0o644);
  const fourth = run([config.path, '--state', `${state}2`, '--state-key', keyFile]);
  expect(await fourth.exited()).toBe(3);
  expect(fourth.stderr).toContain('others may read');
}, 60_000);

function replaced(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');
}
