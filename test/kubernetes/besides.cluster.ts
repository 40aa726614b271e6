import type { CertificateAuthority } from '../../src/cli/demo/pki';
import { Child } from '../cli/support/child';
import { Closing } from '../support/closing';
import { ConfigDirectory } from '../support/config-directory';
import { host, keyPair, listener } from '../support/definitions';
import { eventually } from '../support/eventually';
import { issueLeaf, rootCa } from '../support/issuance';
import { freePort } from '../support/port';
import { ServeProcess } from '../support/serve-process';
import { Cluster } from './support/cluster';

// Secrets of the API that are named by something else than what the API has now: by files, and by what is last good.

const closing = new Closing();
let cluster: Cluster;
let ca: CertificateAuthority;
let config: ConfigDirectory;

const inDefault = (object: object): object => {
  const { metadata, ...rest } = object as { readonly metadata: object };
  return { ...rest, metadata: { namespace: 'default', ...metadata } };
};

/** Puts a new certificate into the Secret; its serial number. */
async function rotate(name: string, hostname: string): Promise<string> {
  const leaf = await issueLeaf(ca, { name: hostname });
  await cluster.apply(inDefault(keyPair(name, leaf)));
  return leaf.serial;
}

beforeAll(async () => {
  cluster = closing.keep(await Cluster.start());
  ca = await rootCa();
  const edge = [
    listener(await freePort(), { protocol: 'HTTPS', securityModel: 'SECURE' }),
    host('filed', { hostname: 'filed.test', tlsSecret: { name: 'filed' } }),
  ];
  config = closing.keep(await ConfigDirectory.create({ 'edge.yaml': edge }));
}, 60_000);
afterAll(() => closing.close(), 60_000);

test('a Secret that a Host in a file names, and one that the last good version of a Host in the API names', async () => {
  await rotate('filed', 'filed.test');
  let serial = await rotate('told', 'told.test');
  await cluster.apply(inDefault(host('told', { hostname: 'told.test', tlsSecret: { name: 'told' } })));
  const args = ['--kubernetes', '--kubeconfig', cluster.limitedKubeconfig];
  const validated = new Child(['validate', ...args, config.path]);
  expect([await validated.exited(), validated.stdout]).toEqual([0, expect.stringContaining('0 errors')]);

  const plane = closing.keep(await ServeProcess.start(config.path, { args: [...args, '--no-kubernetes-status'] }));
  const first = await plane.log.line('it is published', ({ msg }) => msg === 'configuration published');
  expect(first['resources']).toMatchObject({ secrets: 2 });
  const serves = async (name: string, wanted: string) =>
    await eventually(`${name} ${wanted}`, async () => {
      const { certificates } = (await plane.admin.status()) as unknown as {
        readonly certificates: readonly { readonly name: string; readonly serial: string }[];
      };
      return certificates.some((each) => each.name === `default/${name}` && each.serial === wanted) || undefined;
    });
  await serves('told', serial);
  await serves('filed', await rotate('filed', 'filed.test'));

  const worse = JSON.stringify({ spec: { tlsSecret: { name: 'elsewhere' }, bogus: 1 } });
  await cluster.kubectl('patch', 'host', 'told', '--type=merge', '-p', worse);
  await plane.log.line('it is refused', ({ code }) => code === 'CS1020');
  serial = await rotate('told', 'told.test');
  await serves('told', serial);
  const { diagnostics } = await plane.admin.status();
  expect(diagnostics.map(({ code }) => code)).not.toContain('CS6004');
}, 60_000);
