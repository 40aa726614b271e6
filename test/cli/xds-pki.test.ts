import { createPrivateKey, X509Certificate } from 'node:crypto';
import { CommandFailure } from '../../src/cli/exit-code';
import { keepCertificates, type Wanted } from '../../src/cli/xds-pki/keep-certificates';
import type { SecretName, SecretStore, StoredSecret } from '../../src/cli/xds-pki/secret-store';
import { countersign } from './support/command';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = new Date('2026-06-15T12:00:00Z');
const later = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);

/** Secrets as an API server keeps them, without one. */
class Memory implements SecretStore {
  readonly secrets = new Map<string, StoredSecret>();
  /** Who is faster, once. */
  rival: (() => void) | undefined;

  read({ name }: SecretName): Promise<StoredSecret | undefined> {
    return Promise.resolve(this.secrets.get(name));
  }

  write({ name }: SecretName, data: Readonly<Record<string, string>>, before?: StoredSecret): Promise<boolean> {
    this.rival?.();
    this.rival = undefined;
    if (this.secrets.get(name)?.resourceVersion !== before?.resourceVersion) return Promise.resolve(false);
    const resourceVersion = String(Number(before?.resourceVersion ?? 0) + 1);
    this.secrets.set(name, { data, resourceVersion, own: true });
    return Promise.resolve(true);
  }

  pem(name: string, key = 'tls.crt'): string {
    return this.secrets.get(name)?.data[key] ?? '';
  }

  certificate(name: string): X509Certificate {
    return new X509Certificate(this.pem(name));
  }
}

const server = (name = 'xds.ns.svc'): Wanted => ({
  secret: { namespace: 'ns', name: 'server' },
  commonName: 'server',
  subjectAltNames: [{ type: 'dns', value: name }],
  usage: 'server',
});
const edge: Wanted = {
  secret: { namespace: 'ns', name: 'edge' },
  commonName: 'edge',
  subjectAltNames: [{ type: 'uri', value: 'spiffe://a.test/edge' }],
  usage: 'client',
};
const keep = (store: SecretStore, now = NOW, wanted = [server(), edge]) =>
  keepCertificates(store, { namespace: 'ns', name: 'ca' }, wanted, now);
const whats = async (kept: ReturnType<typeof keep>) =>
  (await kept).map(({ secret, what }) => `${secret.name}: ${what}`);

test('both sides are issued by one CA, each for its own direction', async () => {
  const store = new Memory();
  expect(await whats(keep(store))).toEqual(['ca: issued', 'server: issued', 'edge: issued']);
  const ca = store.certificate('ca');
  expect(ca.ca).toBe(true);
  for (const name of ['server', 'edge']) {
    const certificate = store.certificate(name);
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.checkIssued(ca)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(store.pem(name, 'tls.key')))).toBe(true);
    expect(store.pem(name, 'ca.crt')).toBe(store.pem('ca'));
  }
  expect(store.certificate('server').subjectAltName).toBe('DNS:xds.ns.svc');
  expect(store.certificate('edge').subjectAltName).toBe('URI:spiffe://a.test/edge');
  expect(store.certificate('edge').keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
});

test('a certificate stays until two thirds of its life are over; then it is renewed, by the same CA with another key', async () => {
  const store = new Memory();
  await keep(store);
  const [key, serial] = [store.pem('edge', 'tls.key'), store.certificate('edge').serialNumber];
  expect(await whats(keep(store, later(59)))).toEqual(['ca: still good', 'server: still good', 'edge: still good']);
  expect(await whats(keep(store, later(61)))).toEqual(['ca: still good', 'server: renewed', 'edge: renewed']);
  expect(store.certificate('edge').serialNumber).not.toBe(serial);
  expect(store.pem('edge', 'tls.key')).not.toBe(key);
  expect(store.certificate('edge').checkIssued(store.certificate('ca'))).toBe(true);
  expect(store.certificate('edge').verify(store.certificate('ca').publicKey)).toBe(true);
});

test('a certificate with another name than it should have is issued anew, and so is one that cannot be read', async () => {
  const store = new Memory();
  await keep(store);
  expect(await whats(keep(store, NOW, [server('other.ns.svc'), edge]))).toEqual([
    'ca: still good',
    'server: renewed',
    'edge: still good',
  ]);
  const broken = store.secrets.get('edge') as StoredSecret;
  store.secrets.set('edge', { ...broken, data: { ...broken.data, 'tls.crt': 'garbage' } });
  expect(await whats(keep(store, NOW, [edge]))).toEqual(['ca: still good', 'edge: renewed']);
});

test('of two that begin at once, one makes the CA, and the other uses it', async () => {
  const store = new Memory();
  const rival = new Memory();
  await keep(rival);
  store.rival = () => store.secrets.set('ca', rival.secrets.get('ca') as StoredSecret);
  expect(await whats(keep(store))).toEqual(['ca: still good', 'server: issued', 'edge: issued']);
  expect(store.certificate('edge').checkIssued(rival.certificate('ca'))).toBe(true);
});

test('a Secret that is another’s is not replaced', async () => {
  const store = new Memory();
  store.secrets.set('edge', { data: {}, resourceVersion: '1', own: false });
  await expect(keep(store)).rejects.toThrow(CommandFailure);
  await expect(keep(store)).rejects.toThrow('Secret ns/edge was not made by this command');
});

test('a CA that is about to end is told of, before certificates outlive it', async () => {
  const store = new Memory();
  await keep(store);
  await expect(keep(store, later(3600))).rejects.toThrow('the CA in Secret ns/ca ends on');
});

test.each([
  [[], '--server is missing'],
  [['--server', 'a', '--client', 'edge'], 'write NAME=SPIFFE-ID'],
  [['--server', 'a', '--kubeconfig', '/nowhere'], 'it is not known where the Kubernetes API is'],
])('%j is wrong usage', async (args, message) => {
  const { code, stderr } = await countersign(['xds-pki', ...args]);
  expect([code, stderr]).toEqual([3, expect.stringContaining(message)]);
});
