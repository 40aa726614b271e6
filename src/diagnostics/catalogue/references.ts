import type { CatalogueEntry } from './entry';

/** CS3xxx: one definition names another. */
export const referenceCodes = {
  CS3001: {
    title: 'TLSContext not found',
    severity: 'error',
    explanation:
      'A Mapping or Host names a TLSContext that does not exist. Ambassador would go on in cleartext or without a client certificate; here the definition is quarantined.',
    fix: 'create the TLSContext, or correct the name',
  },
  CS3002: {
    title: 'TLSContext name is ambiguous',
    severity: 'error',
    explanation:
      'Several namespaces hold a TLSContext of this name and none of them is the namespace of the definition that names it. Ambassador takes whichever it reads first, and with it another team’s certificate.',
    fix: 'move the TLSContext to the namespace of the definition that uses it, or rename one',
  },
  CS3003: {
    title: 'TLSContext of another namespace',
    severity: 'warning',
    explanation:
      'Ambassador looks TLSContexts up in every namespace. It works, but the owner of that namespace has not agreed; an error with --strict. A ReferenceGrant of Gateway API in that namespace is the agreement.',
    fix: 'define the TLSContext in the namespace of the definition that uses it, or have a ReferenceGrant made there',
  },
  CS3004: {
    title: 'Secret not found',
    severity: 'error',
    explanation: 'A TLSContext or Host names a Secret that no source has supplied, so it cannot be honoured.',
    fix: 'supply the Secret, or correct its name and namespace',
  },
  CS3005: {
    title: 'Secret of another namespace',
    severity: 'warning',
    explanation:
      'The Secret is in another namespace than the definition that names it, whose owner has not agreed; an error with --strict. A ReferenceGrant of Gateway API in that namespace is the agreement.',
    fix: 'copy the Secret to the namespace of the definition that uses it, or have a ReferenceGrant made there',
  },
  CS3006: {
    title: 'resolver not found',
    severity: 'error',
    explanation: 'A Mapping names a resolver that is neither built in nor defined, so its endpoints cannot be found.',
    fix: 'use kubernetes-service or kubernetes-endpoint, or define the resolver',
  },
  CS3007: {
    title: 'TLSContext is unusable',
    severity: 'error',
    explanation:
      'The TLSContext that this definition names is itself quarantined. The definition is not served without it: that would drop the client certificate or the verification.',
    fix: 'mend the TLSContext; its own diagnostics say what is wrong',
  },
  CS3008: {
    title: 'Secret is unusable',
    severity: 'error',
    explanation: 'The Secret that this definition names was judged invalid, so it is not sent to Envoy.',
    fix: 'mend the Secret; its own diagnostics say what is wrong',
  },
  CS3009: {
    title: 'Service or port not found',
    severity: 'error',
    explanation: 'An endpoint resolver needs the Kubernetes Service, and the port of it that the Mapping names.',
    fix: 'supply the Service with that port, or name one of its ports',
  },
  CS3010: {
    title: 'tls and tlsContext together',
    severity: 'error',
    explanation:
      'A Host takes its TLS settings either from `tls` or from the TLSContext named by `tlsContext`, never from both.',
    fix: 'keep one of the two',
  },
  CS3011: {
    title: 'Host and TLSContext name different Secrets',
    severity: 'error',
    explanation:
      'The TLSContext linked by a Host names another Secret than the Host’s `tlsSecret`, so the served certificate would be a guess.',
    fix: 'name the same Secret in both, or leave `secret` out of the TLSContext',
  },
  CS3012: {
    title: 'from a Secret and from a file',
    severity: 'error',
    explanation:
      'Certificate, CA or revocation list are named twice, once as a Secret and once as a file, so which one counts would be a guess. Ambassador drops such a TLSContext, and goes on in cleartext.',
    fix: 'keep one of the two',
  },
  CS3013: {
    title: 'certificate file without its key file',
    severity: 'error',
    explanation: '`cert_chain_file` and `private_key_file` make a pair: neither is of any use without the other.',
    fix: 'give both, or neither',
  },
  CS3016: {
    title: 'no endpoints of the Service',
    severity: 'warning',
    explanation:
      'An endpoint resolver tells Envoy the addresses that the EndpointSlices of a Service list, or its Endpoints. Neither is among what is read, so Envoy answers 503. Where the Service has no Pods, Kubernetes keeps an EndpointSlice without endpoints, which is no such case.',
    fix: 'supply the EndpointSlices of the Service along with it',
  },
} as const satisfies Record<string, CatalogueEntry>;
