import type { CatalogueEntry } from './entry';

/** CS70xx: Consul and Consul Connect. */
export const consulCodes = {
  CS7001: {
    title: 'ConsulResolver not found',
    severity: 'error',
    explanation: 'A TLSContext gets its certificate from a Consul that no ConsulResolver describes.',
    fix: 'create the ConsulResolver, or correct the name in `consul.resolver`',
  },
  CS7002: {
    title: 'ConsulResolver of another namespace',
    severity: 'warning',
    explanation:
      'The TLSContext gets a certificate with the access that a ConsulResolver of another namespace has, whose owner has not agreed; an error with --strict. A ReferenceGrant of Gateway API in that namespace is the agreement.',
    fix: 'define the ConsulResolver in the namespace of the TLSContext, or have a ReferenceGrant made there',
  },
  CS7003: {
    title: 'Consul and something else say the same',
    severity: 'error',
    explanation:
      'With `consul`, the certificate, the CA, the name that is verified and the server name come from Consul. Which one counts where another is written too can’t be known.',
    fix: 'remove `consul`, or the other field',
  },
  CS7004: {
    title: 'Consul Connect to a service that is not in Consul',
    severity: 'error',
    explanation:
      'The TLSContext is for upstreams of Consul Connect, but the endpoints of this one do not come from Consul: who it would have to be is not known.',
    fix: 'name a ConsulResolver in `resolver`, or another TLSContext in `tls`',
  },
  CS7005: {
    title: 'ACL token in a definition',
    severity: 'warning',
    explanation: 'Whoever may read the ConsulResolver has the token, and its copies in version control and backups do.',
    fix: 'put it into a file, and name that in `token_file`',
  },
  CS7006: {
    title: 'not the name of a service in Consul',
    severity: 'error',
    explanation: 'A ConsulResolver looks the service up in Consul, where names have no dots and are no addresses.',
    fix: 'write the name that the service has in Consul; its datacenter and namespace are said by the ConsulResolver',
  },
  CS7007: {
    title: 'not known from Consul yet',
    severity: 'error',
    explanation:
      'Endpoints or certificates have not been had from Consul, so there is nothing to serve. In `validate` and `render`, Consul is asked with --ask-consul only; without it this is no error.',
    fix: 'see whether Consul can be reached and lets the control plane read them (CS7020); offline, use --ask-consul',
  },
  CS7008: {
    title: 'no instance of the service passes its checks',
    severity: 'warning',
    explanation:
      'Consul knows no instance that is well, so Envoy has nowhere to send requests and answers 503. With Consul Connect, only sidecar proxies and instances that speak it themselves count.',
    fix: 'see `consul catalog nodes -service NAME` and the checks; with Consul Connect, register a sidecar',
  },
  CS7009: {
    title: 'port of a service in Consul',
    severity: 'info',
    explanation: 'Consul says on which port each instance listens. The one in `service` has no effect.',
    fix: 'remove the port',
  },
  CS7010: {
    title: 'sidecar without Consul Connect',
    severity: 'warning',
    explanation:
      'A sidecar proxy of Consul Connect takes connections with a certificate of the mesh only. The definition reaches it without one.',
    fix: 'name a TLSContext with `consul` in `tls`',
  },
  CS7011: {
    title: 'several ConsulResolvers, and a Secret of the connector',
    severity: 'warning',
    explanation:
      'The certificate of Ambassador’s connector is had from Consul itself, if it is clear which one. Of several ConsulResolvers none is taken, and the Secret is looked for.',
    fix: 'write `consul: {resolver: …, service: …}` instead of `secret`',
  },
  CS7012: {
    title: 'certificate from Consul instead of its connector',
    severity: 'info',
    explanation:
      'The Secret of Ambassador’s connector is not read: certificate and roots are had from Consul itself, as the service `ambassador`, and the upstream is verified.',
    fix: 'write `consul: {resolver: …, service: …}`, and take the connector away',
  },
  CS7013: {
    title: 'ACL token over a cleartext connection',
    severity: 'warning',
    explanation: 'The token and the private keys that Consul answers with can be read by whoever is on the way.',
    fix: 'use an agent on the same machine, or an address with https://',
  },
  CS7020: {
    title: 'Consul can’t be read',
    severity: 'warning',
    explanation:
      'What Consul answered before stays in service; certificates that it has issued serve until they expire. It is asked again and again.',
    fix: 'see whether the agent runs, whether `address` is right, and what the token may do',
    inService: true,
  },
  CS7021: {
    title: 'hidden by Consul’s ACLs',
    severity: 'warning',
    explanation:
      'Consul has nothing to show to this token, which is not the same as there being nothing: what was known before stays in service.',
    fix: 'give the token `service:read` and `node:read` (for Consul Connect, of the sidecars too)',
    inService: true,
  },
  CS7022: {
    title: 'name of an instance that can’t be resolved',
    severity: 'warning',
    explanation:
      'An instance is registered by name instead of an IP address, and the name is not found. It is left out.',
    fix: 'register the instance with its IP address, or see to its DNS',
    inService: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
