import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import { istioPeers } from '../resolution/istio-peers';
import { kubernetesName } from '../resolution/kubernetes-name';
import type { Policy } from '../resolution/policy';
import type { Upstream } from '../resolution/upstream';
import type { Destination } from './destination';
import { ISTIO, istioAlpn } from './istio-alpn';
import type { SubjectAltNameMatcher, UpstreamTls } from './tls';

/** What Istio’s own clients send, for what a TLSContext with `istio` leaves open: whom to expect, the server name, and the protocols. */
export function istioUpstreamTls(
  tls: UpstreamTls,
  context: Definition<'TLSContext'>,
  { upstream, spoken, policy }: Destination,
  definitions: Definitions,
): UpstreamTls {
  const { verification, alpnProtocols } = tls;
  const subjectAltNames = expected(context, upstream, definitions, policy) ?? verification?.subjectAltNames ?? [];
  const sni = tls.sni ?? serverName(upstream, policy);
  return {
    ...tls,
    alpnProtocols: istioAlpn(alpnProtocols.length === 0 ? [ISTIO] : alpnProtocols, spoken),
    ...(verification !== undefined && { verification: { ...verification, subjectAltNames } }),
    ...(sni !== undefined && { sni }),
    ...(context.spec.istio?.mode === 'auto' && { exceptMarked: true }),
  };
}

/** Undefined: what the TLSContext says by itself. */
function expected(
  context: Definition<'TLSContext'>,
  upstream: Upstream,
  definitions: Definitions,
  policy: Policy,
): readonly SubjectAltNameMatcher[] | undefined {
  const peers = istioPeers(context, upstream, definitions, policy);
  switch (peers.type) {
    case 'accounts':
      return peers.ids.map((value) => ({ type: 'uri', match: 'exact', value }));
    case 'namespace':
      return [{ type: 'uri', match: 'prefix', value: peers.prefix }];
    case 'written':
    case 'unknown':
      return undefined;
  }
}

/** Envoy refuses a longer one, and no Service has one. */
const MAX_SNI = 255;

/** Istio’s form: direction, port, subset, Service (Istio, `BuildDNSSrvSubsetKey`). */
function serverName({ host, port }: Upstream, policy: Policy): string | undefined {
  const name = kubernetesName(host, policy);
  const sni = name && `outbound_.${port}_._.${name.service}.${name.namespace}.svc.${name.domain}`;
  return sni !== undefined && sni.length <= MAX_SNI ? sni : undefined;
}
