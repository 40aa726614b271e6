import { bootstrapDocument } from '../../src/cli/bootstrap-document';
import { CertificateAuthority } from '../../src/cli/demo/pki';
import { answerTo } from '../support/client';
import { Envoy } from '../support/envoy';
import { freePort } from '../support/port';
import { RecordedPlane } from './support/recorded-plane';

const validity = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 3_600_000) };
const TYPES = ['clusters', 'endpoints', 'secrets', 'listeners', 'routes'] as const;

describe.each(['GRPC', 'DELTA_GRPC'])('a real Envoy with a stream for each type, over %s', (api_type) => {
  test('is served by the services of each type, and takes a rotation', async () => {
    const ca = await CertificateAuthority.createRoot({ commonName: 'CA', ...validity });
    const issue = () =>
      ca.issue({
        commonName: 'edge',
        subjectAltNames: [{ type: 'dns', value: 'edge.test' }],
        usages: ['server'],
        ...validity,
      });
    const plane = new RecordedPlane();
    const { port: xdsPort } = await plane.server.listen('127.0.0.1:0');
    const port = await freePort();
    const document = bootstrapDocument({ role: 'edge', xds: { host: '127.0.0.1', port: xdsPort } });
    const source = {
      resource_api_version: 'V3',
      api_config_source: {
        api_type,
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'countersign_xds' } }],
      },
    };
    const envoy = await Envoy.start({ ...document, dynamic_resources: { cds_config: source, lds_config: source } });
    try {
      const first = await issue();
      const definition = { port, certificate: first, source };
      plane.publish(definition);
      await envoy.admin.listening(port);
      const request = { port, authority: 'edge.test', tls: { ca: ca.certificatePem } };
      expect(await answerTo(request)).toMatchObject({ status: 200, body: 'one' });

      const streams = plane.server.status().nodes.flatMap((node) => node.streams);
      expect(new Set(streams.map(({ types }) => Object.keys(types).join()))).toEqual(new Set(TYPES));
      expect(streams).toHaveLength(TYPES.length);

      const second = await issue();
      plane.take();
      plane.publish({ ...definition, certificate: second });
      await envoy.admin.serving(second.serial);
      expect(plane.take()).toEqual(['secrets 1']);
      plane.publish({ ...definition, certificate: second, body: 'two' });
      await plane.until(() => plane.sent.includes('routes 1'));
      await plane.until(() =>
        plane.server
          .status()
          .nodes.every(({ streams: all }) =>
            all.every(({ types }) => Object.values(types).every(({ settled }) => settled)),
          ),
      );
      expect(await answerTo(request)).toMatchObject({ status: 200, body: 'two' });
      expect(plane.nacks).toEqual([]);
    } finally {
      await envoy.stop();
      await plane.server.drain(0);
    }
  }, 60_000);
});
