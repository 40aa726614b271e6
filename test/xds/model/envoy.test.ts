import fc from 'fast-check';
import type { CertificateAuthority, IssuedCertificate } from '../../../src/cli/demo/pki';
import { answerTo } from '../../support/client';
import { Closing } from '../../support/closing';
import { issueLeaf, rootCa } from '../../support/issuance';
import { eventually } from '../../support/eventually';
import { freePort } from '../../support/port';
import type { Definition } from '../support/envoy-resources';
import { envoyOver, RecordedPlane } from '../support/recorded-plane';

// Random histories of changes, good and bad, and of restarts of the control plane, against a real Envoy: after each, it has what was
// published last, and the last good of what it refuses. More of them, or others, with PROPERTY_RUNS and PROPERTY_SEED.

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 3);
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261_128);
const CLUSTERS = ['c1', 'c2', 'c3', 'c4'] as const;

const change = fc.record({
  clusters: fc.subarray([...CLUSTERS], { minLength: 1 }),
  connectTimeout: fc.integer({ min: 1, max: 3 }),
  body: fc.constantFrom('one', 'two'),
  statPrefix: fc.constantFrom('a', 'b'),
  certificate: fc.nat({ max: 2 }),
  mismatched: fc.nat({ max: 3 }).map((value) => value === 0),
  badCluster: fc.constantFrom('named', 'unnamed', 'none', 'none', 'none'),
  restart: fc.nat({ max: 3 }).map((value) => value === 0),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const closing = new Closing();
afterAll(() => closing.close());

test.each(['DELTA_GRPC', 'GRPC'] as const)(
  'every history ends with what Envoy should have, and nothing refused was sent twice (%s)',
  async (api) => {
    const ca: CertificateAuthority = await rootCa();
    const certificates = await Promise.all([0, 1, 2].map(async () => await issueLeaf(ca, { name: 'edge.test' })));
    const at = (index: number): IssuedCertificate => {
      const certificate = certificates[index % certificates.length];
      if (certificate === undefined) throw new Error('no certificate');
      return certificate;
    };
    const [xdsPort, port] = [await freePort(), await freePort()];
    let plane = new RecordedPlane();
    closing.keep({ stop: async () => await plane.server.drain(0) });
    let good = at(0);
    let refusals = 0;
    let changes = 0;
    const first: Definition = { port, certificate: good };
    plane.publish(first);
    await plane.server.listen(`127.0.0.1:${xdsPort}`);
    const envoy = closing.keep(await envoyOver(api, xdsPort));
    await envoy.admin.listening(port);
    await plane.settled();

    const make = async (step: Change): Promise<void> => {
      // A control plane that knows no good bytes yet has none to put in the place of the refused ones.
      const mismatched = step.mismatched && !step.restart;
      const definition: Definition = {
        port,
        certificate: at(step.certificate),
        ...(mismatched && { key: at(step.certificate + 1) }),
        clusters: step.clusters,
        connectTimeout: step.connectTimeout,
        body: step.body,
        statPrefix: step.statPrefix,
        ...(step.badCluster !== 'none' && { badCluster: step.badCluster }),
      };
      if (!mismatched) good = at(step.certificate);
      changes += 1;
      if (step.restart) {
        noneTwice(plane);
        refusals += plane.nacks.length;
        await plane.server.drain(0);
        plane = new RecordedPlane();
        plane.publish(definition);
        await plane.server.listen(`127.0.0.1:${xdsPort}`);
      } else {
        plane.publish(definition);
      }
      await plane.settled();
      await eventually('Envoy has what was published', async () => {
        const dump = await envoy.admin.json<{ configs: Dumped[] }>('/config_dump');
        const clusters = dump.configs.flatMap(({ dynamic_active_clusters = [] }) =>
          dynamic_active_clusters.map(({ cluster }) => `${cluster.name} ${cluster.connect_timeout}`),
        );
        expect(clusters.toSorted()).toEqual(step.clusters.map((name) => `${name} ${step.connectTimeout}s`));
        const warming = dump.configs.flatMap(({ dynamic_warming_clusters = [] }) => dynamic_warming_clusters);
        expect(warming).toEqual([]);
        const got = await answerTo({ port, path: '/', authority: 'edge.test', tls: { ca: ca.certificatePem } });
        expect([got.body, got.serverSerial?.toLowerCase()]).toEqual([step.body, good.serial]);
        return true;
      });
    };

    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 3, maxLength: 8 }), async (steps) => {
        for (const step of steps) await make(step);
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    );
    noneTwice(plane);
    refusals += plane.nacks.length;
    process.stdout.write(`${api}: ${RUNS} histories of ${changes} changes, ${refusals} refusals, none twice\n`);
    expect(refusals).toBeGreaterThan(0);
  },
  60_000 + RUNS * 60_000,
);

interface Dumped {
  readonly dynamic_active_clusters?: readonly { cluster: { name: string; connect_timeout: string } }[];
  readonly dynamic_warming_clusters?: readonly object[];
}

function noneTwice({ nacks }: RecordedPlane): void {
  const rejected = nacks.flatMap((nack) => nack.rejected.map(({ name, version }) => `${nack.type} ${name}@${version}`));
  expect(rejected).toEqual([...new Set(rejected)]);
}
