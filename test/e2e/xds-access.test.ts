import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapDocument, xdsTlsFiles } from '../../src/cli/bootstrap-document';
import { CertificateAuthority, type IssuedCertificate } from '../../src/cli/demo/pki';
import { Closing } from '../support/closing';
import { answerTo } from '../support/client';
import { ConfigDirectory } from '../support/config-directory';
import { host, listener } from '../support/definitions';
import { Envoy } from '../support/envoy';
import { eventually } from '../support/eventually';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';

const closing = new Closing();
afterAll(() => closing.close());

const HOUR = 3_600_000;
const validity = { notBefore: new Date(Date.now() - HOUR), notAfter: new Date(Date.now() + HOUR) };

function put(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

const policy = (...rules: readonly object[]) =>
  JSON.stringify({ apiVersion: 'countersign.dev/v1', kind: 'XdsAccessPolicy', rules });
const edge = { identity: 'spiffe://test/edge', node_ids: ['edge'], groups: ['default'] };

test('an Envoy is served what its certificate allows, renews it without a restart, and is let go by a new policy', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-access-'));
  closing.keep({ stop: () => Promise.resolve(rmSync(dir, { recursive: true, force: true })) });
  const ca = await CertificateAuthority.createRoot({ commonName: 'xDS CA', ...validity });
  const server = await ca.issue({
    commonName: 'countersign',
    subjectAltNames: [{ type: 'ip', value: '127.0.0.1' }],
    ...validity,
  });
  const client = (name: string) =>
    ca.issue({
      commonName: name,
      subjectAltNames: [{ type: 'uri', value: `spiffe://test/${name}` }],
      usages: ['client'],
      ...validity,
    });
  const at = (name: string) => join(dir, name);
  const pair = (folder: string, { chainPem, privateKeyPem }: IssuedCertificate) => {
    mkdirSync(at(folder), { recursive: true });
    put(join(at(folder), 'ca.crt'), ca.certificatePem);
    put(join(at(folder), 'tls.key'), privateKeyPem);
    put(join(at(folder), 'tls.crt'), chainPem);
  };
  pair('server', server);
  mkdirSync(at('access'));
  put(at('access/policy.yaml'), policy(edge));

  const port = await freePort();
  const config = closing.keep(
    await ConfigDirectory.create({
      'base.yaml': [
        listener(port, { protocol: 'HTTP', securityModel: 'INSECURE' }),
        host('edge', { hostname: '*', requestPolicy: { insecure: { action: 'Route' } } }),
      ],
    }),
  );
  const tls = ['--xds-cert', at('server/tls.crt'), '--xds-key', at('server/tls.key'), '--xds-ca', at('server/ca.crt')];
  const plane = closing.keep(
    await ServeProcess.start(config.path, { args: [...tls, '--xds-policy', at('access/policy.yaml')] }),
  );
  const start = async (name: string, nodeId: string) => {
    pair(name, await client(name));
    for (const { path, document } of xdsTlsFiles(at(name))) put(path, JSON.stringify(document));
    const xds = { host: '127.0.0.1', port: plane.xdsPort };
    return closing.keep(
      await Envoy.start(bootstrapDocument({ role: 'edge', nodeId, ambassadorId: 'default', xds, xdsTlsDir: at(name) })),
    );
  };
  const closedAs = (nodeId: string, reason: string) =>
    plane.log.line(
      `the stream of ${nodeId} ends`,
      (line) => line.msg === 'stream closed' && line['node'] === nodeId && line['reason'] === reason,
    );

  const envoy = await start('edge', 'edge');
  await envoy.admin.listening(port);
  await plane.admin.inStep('edge');
  expect((await answerTo({ port })).status).toBe(404);

  // The same claim with another certificate: nothing, and the log says whose it was.
  await start('stranger', 'edge-of-a-stranger');
  expect(await closedAs('edge-of-a-stranger', 'denied')).toMatchObject({
    level: 'warn',
    identity: 'spiffe://test/stranger',
  });
  expect((await plane.admin.status()).nodes.map(({ id }) => id)).toEqual(['edge']);

  // A renewed certificate is picked up from its files; the old one is revoked by a new policy file, as an operator would.
  const opened = plane.log.count(({ msg }) => msg === 'stream opened');
  pair('edge', await client('edge-renewed'));
  put(at('access/policy.yaml'), policy({ ...edge, identity: 'spiffe://test/edge-renewed' }));
  expect(await closedAs('edge', 'denied')).toMatchObject({ identity: 'spiffe://test/edge' });
  await eventually(
    'Envoy is back with its new certificate',
    () => Promise.resolve(plane.log.count(({ msg }) => msg === 'stream opened') > opened ? true : undefined),
    30_000,
  );
  await plane.admin.inStep('edge');

  // A policy with a mistake changes nothing.
  put(at('access/policy.yaml'), policy({ ...edge, identity: 'nobody' }));
  await plane.log.line(
    'the mistake is told',
    ({ msg }) => msg === 'access policy not renewed; the last good one stays',
  );
  await plane.admin.inStep('edge');
}, 90_000);
