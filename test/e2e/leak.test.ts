import { createPrivateKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { FORMATS } from '../../src/diagnostics/reporters/formats';
import { TYPE_URLS } from '../../src/snapshot/snapshot';
import { keyForms } from '../canary/key-forms';
import { KeyTraces } from '../canary/key-traces';
import { recordedRun } from '../canary/recorded-run';
import { answerTo } from '../support/client';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { connectedEnvoy } from '../support/connected-envoy';
import { host, keyPair, listener, mapping } from '../support/definitions';
import { issueLeaf, rootCa } from '../support/issuance';
import { type Plant, plants } from '../support/planted-keys';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';
import { Upstream } from '../support/upstream';
import { WireClient } from '../xds/support/wire-client';

// Private keys are put where they belong and wherever else somebody could put them; then everything that Countersign writes is
// searched for them. What Envoy refuses, and quotes, is in refused-updates.test.ts.

const closing = new Closing();
let planted: readonly Plant[] = [];
let traces: KeyTraces;

beforeAll(async () => {
  const made = await plants(await rootCa());
  planted = made.plants;
  traces = made.traces;
}, 60_000);
afterAll(() => closing.close());

/** Everything that a command writes. */
async function outputOf(args: readonly string[]): Promise<string> {
  let output = '';
  const write = (text: string) => (output += text);
  await recordedRun(args, { stdout: { write }, stderr: { write }, variables: {}, now: () => new Date() });
  return output;
}

const COMMANDS: readonly (readonly string[])[] = [
  ...FORMATS.map((format) => ['validate', '--format', format]),
  ['validate', '--strict', '--force-secret-validation'],
  ['render'],
  ['render', '--format', 'json', '--strict'],
  ['render', '--static'],
];

test('every plant holds its key, and the scan sees it', () => {
  expect(planted.length).toBeGreaterThan(100);
  expect(planted.filter(({ text }) => traces.findIn(text).length === 0)).toEqual([]);
});

test.each(COMMANDS.map((command) => [command.join(' '), command] as const))(
  'countersign %s shows none of them',
  async (_name, command) => {
    const leaks: string[] = [];
    for (const { name, text } of planted) {
      const config = await ConfigDirectory.create();
      await config.writeText('planted.yaml', text);
      for (const trace of traces.findIn(await outputOf([...command, config.path]))) leaks.push(`${name}: ${trace}`);
      await config.stop();
    }
    expect(leaks).toEqual([]);
  },
  30_000,
);

test('countersign render --static --with-keys shows the one that is served, so that a key in an output would be seen', async () => {
  const good = planted.find(({ name }) => name === 'a good Secret');
  const config = closing.keep(await ConfigDirectory.create());
  await config.writeText('planted.yaml', good?.text ?? '');
  const output = await outputOf(['render', '--static', '--with-keys', config.path]);
  expect(traces.findIn(output)).not.toEqual([]);
  expect(traces.findIn(await outputOf(['render', '--static', config.path]))).toEqual([]);
});

test('countersign serve shows none of them: log, status and metrics, at the start and as updates', async () => {
  const ca = await rootCa();
  const upstream = closing.keep(await Upstream.start());
  const port = await freePort();
  const served = await issueLeaf(ca, { name: 'edge.test' });
  traces.addKey('the served key', served.privateKeyPem);
  const config = closing.keep(
    await ConfigDirectory.create({
      'definitions.yaml': [
        listener(port, { protocol: 'HTTPS', securityModel: 'SECURE' }),
        host('edge', { hostname: 'edge.test', tlsSecret: { name: 'edge' } }),
        mapping('all', { hostname: 'edge.test', prefix: '/', service: `http://127.0.0.1:${upstream.port}` }),
      ],
      'edge.yaml': [keyPair('edge', served)],
    }),
  );
  const [first, second] = [
    planted.filter((_, index) => index % 2 === 0),
    planted.filter((_, index) => index % 2 === 1),
  ];
  for (const [index, { text }] of first.entries()) await config.writeText(`planted-${index}.yaml`, text);
  const plane = closing.keep(await ServeProcess.start(config.path));
  const envoy = closing.keep(await connectedEnvoy(plane.xdsPort));
  await envoy.admin.listening(port);
  const request = { port, authority: 'edge.test', tls: { ca: ca.certificatePem } };
  expect(await answerTo(request)).toMatchObject({ status: 200 });

  // Then the others take their places, good files become bad ones, and the served Secret goes through all that can befall it.
  for (const [index, { text }] of second.entries()) await config.writeText(`planted-${index}.yaml`, text);
  for (const name of ['a key cut short', 'a syntax error in the middle of the key', 'a key under a wrong label']) {
    const text = planted.find((plant) => plant.name === name)?.text ?? '';
    await config.writeText('edge.yaml', text.replace('name: a}', 'name: edge}').replace('name: a\n', 'name: edge\n'));
    const lines = plane.log.lines.length;
    await plane.log.line(
      `a finding about ${name}`,
      (line) =>
        line.msg === 'diagnostic raised' &&
        plane.log.lines.indexOf(line) >= lines &&
        String(line['at']).includes('edge.yaml'),
    );
  }
  const rotated = await issueLeaf(ca, { name: 'edge.test', key: 'rsa' });
  traces.addKey('the rotated key', rotated.privateKeyPem);
  await config.write('edge.yaml', [keyPair('edge', rotated)]);
  await envoy.admin.serving(rotated.serial);
  expect(await answerTo(request)).toMatchObject({ status: 200 });
  await plane.admin.inStep('edge');

  const outputs = { status: await plane.admin.text('/status'), metrics: await plane.admin.text('/metrics') };
  await envoy.stop();
  await plane.stop();
  const all = { ...outputs, log: plane.log.text, errors: plane.errors };
  expect(Object.fromEntries(Object.entries(all).map(([name, output]) => [name, traces.findIn(output)]))).toEqual({
    status: [],
    metrics: [],
    log: [],
    errors: [],
  });
  // It did speak of them.
  expect(all.log.match(/"diagnostic raised"/g)?.length).toBeGreaterThan(planted.length / 2);
  expect(all.status).toContain('CS2004');
}, 60_000);

test('countersign serve repeats nothing of what a client gives as its reason, wherever and however that shows a key', async () => {
  const key = (await issueLeaf(await rootCa(), { name: 'edge.test' })).privateKeyPem;
  traces.addKey('the quoted key', key);
  const config = closing.keep(
    await ConfigDirectory.create({ 'all.yaml': [listener(8080), mapping('all', { prefix: '/', service: 'a' })] }),
  );
  const plane = closing.keep(await ServeProcess.start(config.path));
  const client = new WireClient(`127.0.0.1:${plane.xdsPort}`);
  const service = 'envoy.service.status.v3.ClientStatusDiscoveryService';
  const forms = Object.entries(keyForms(createPrivateKey(key)));
  // Between words by which refusals are told apart, and by which those are found that they are about.
  const texts = forms.flatMap(([, form]) => [
    form.toString(),
    `Error adding/updating cluster(s) ${form.toString()}: Failed to load private key ${form.toString()}`,
    `Proto constraint validation failed: ${form.toString()}`,
  ]);
  const outputs: string[] = [];
  for (const [index, message] of texts.entries()) {
    const node = { id: `node-${index}`, cluster: 'edge' };
    const type_url = TYPE_URLS.clusters;
    const stream = client.open('DeltaAggregatedResources').send({ node, type_url });
    const { nonce = '' } = await stream.next();
    stream.send({ type_url, response_nonce: nonce, error_detail: { code: 13, message } });
    await plane.log.line(
      'the refusal',
      (line) => line.msg === 'configuration refused by Envoy' && line['node'] === node.id,
    );
    outputs.push(inspect(await client.call(service, 'FetchClientStatus', {}), { depth: null }));
    stream.call.cancel();
  }
  outputs.push(await plane.admin.text('/status'), await plane.admin.text('/metrics'));
  client.close();
  await plane.stop();
  outputs.push(plane.log.text, plane.errors);
  expect(traces.findIn(texts.join('\n'))).not.toEqual([]);
  expect(outputs.flatMap((output) => traces.findIn(output))).toEqual([]);
  expect(plane.log.text.match(/"configuration refused by Envoy"/g)?.length).toBeGreaterThanOrEqual(texts.length);
}, 60_000);

test('no golden and no document holds a key of the fixtures', () => {
  const root = join(__dirname, '../..');
  const keys = new KeyTraces();
  const pki = filesIn(join(root, 'fixtures/pki'));
  for (const file of pki)
    for (const [pem] of readFileSync(file, 'utf8').matchAll(
      /^ *-----BEGIN (?:EC |RSA )?PRIVATE KEY-----[^-]+-----END [A-Z ]+-----/gm,
    ))
      keys.addKey(file, pem.replaceAll(/^ +/gm, ''));
  expect(pki.some((file) => keys.findIn(readFileSync(file)).length > 0)).toBe(true);
  const written = [
    ...filesIn(join(root, 'fixtures')).filter((file) => file.includes('/expected/')),
    ...filesIn(join(root, 'docs')),
    ...filesIn(join(root, 'envoy')),
  ];
  expect(written.length).toBeGreaterThan(100);
  expect(written.filter((file) => keys.findIn(readFileSync(file)).length > 0)).toEqual([]);
});

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
