import { invariant } from '../diagnostics/invariant';
import type { Definitions } from '../model/definitions';
import { type ConsulService, consulEndpointsOf } from '../resolution/consul-service';
import type { UpstreamTls } from './tls';

/**
 * TLS to the proxies of a service in Consul Connect: what is expected of their certificate is the SPIFFE ID of the service, and the server name
 * is the one that Consul’s own proxies send (Consul, "Connect Security": SPIFFE; "Mesh Gateways": SNI).
 */
export function consulUpstreamTls(tls: UpstreamTls, service: ConsulService, definitions: Definitions): UpstreamTls {
  const known = consulEndpointsOf(service, definitions)?.spec;
  const trustDomain = known?.trust_domain;
  invariant(trustDomain !== undefined, `Consul service ${service.service} passed validation without a trust domain`);
  invariant(tls.verification !== undefined, `Consul service ${service.service} passed validation without roots`);
  const { datacenter = 'dc1', namespace = 'default' } = known ?? {};
  const name = service.service;
  return {
    ...tls,
    sni: `${name}.${namespace}.${datacenter}.internal.${trustDomain}`,
    verification: {
      ...tls.verification,
      subjectAltNames: [
        {
          type: 'uri',
          match: 'exact',
          value: `spiffe://${trustDomain}/ns/${namespace}/dc/${datacenter}/svc/${name}`,
        },
      ],
    },
  };
}
