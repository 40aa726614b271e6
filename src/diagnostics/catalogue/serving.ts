import type { CatalogueEntry } from './entry';

/** CS6xxx: serving, found while Envoys are connected or about the port that they connect to. */
export const servingCodes = {
  CS6001: {
    title: 'access policy cannot be read',
    severity: 'error',
    explanation:
      'A policy that is only half understood could let in more than was meant, so it is not used at all: the last good one stays, and at the start there is none.',
    fix: 'correct the field; docs/operations.md has an example',
  },
  CS6002: {
    title: 'many definitions are gone at once',
    severity: 'error',
    explanation:
      'More than `--max-deletion` of the definitions are gone in one change: an empty checkout, a selector with a typing error or a volume that is not there would take everything out of service. They are kept until they come back or the deletion is confirmed; new and changed ones go through.',
    fix: 'bring them back, confirm the deletion as the finding says, or raise `--max-deletion`',
    inService: true,
  },
  CS6003: {
    title: 'Envoy refused a resource',
    severity: 'error',
    explanation:
      'What was compiled and checked is refused by an Envoy all the same: it lacks something, is of another version, or a check of ours is missing. That Envoy is not sent these bytes again; what it accepted before stays in use, and everything else goes on. Envoy’s own words are not repeated, since they can quote a private key.',
    fix: 'look at the log of that Envoy, and change the definition',
    inService: true,
  },
  CS6004: {
    title: 'deleted Secret is in use',
    severity: 'error',
    explanation:
      'A Secret that a TLSContext or a Host names is no longer in the input. The control plane goes on serving what it had, since a certificate that is lost would take down whoever uses it. What it had ends with the process, unless `--state` and `--state-key` keep it: `serve` that starts without the Secret does not know it.',
    fix: 'restore the Secret, or delete what names it',
    inService: true,
  },
  CS6005: {
    title: 'CA roll-over without overlap',
    severity: 'error',
    explanation:
      'With `--strict`, a Secret is held back that would end a trust between two sides of the configuration: a bundle that drops the CA of a certificate which the other side presents, or a certificate whose issuer the bundle of the other side does not hold yet. The versions before keep serving; it passes as soon as it breaks nothing.',
    fix: 'add the new CA to the bundles, reissue the certificates, then remove the old CA; `countersign certs plan-rollover` says what is left of each step',
    inService: true,
  },
  CS6006: {
    title: 'certificate that fits worse than the one before',
    severity: 'error',
    explanation:
      'A sound certificate that would replace a better one is held back: the one before is for the name of the Host (RFC 6125) and the new one is not, or the new one lacks the extended key usage of the direction that it is used in (RFC 5280 §4.2.1.12). The one before keeps serving. The new one passes when the definitions ask for it, such as a Host of its name, or when the one before has expired.',
    fix: 'reissue the certificate for all names of the Hosts that serve it, with serverAuth for clients and clientAuth for upstreams; or change the Hosts',
    inService: true,
  },
  CS6007: {
    title: 'state of --state is not used',
    severity: 'error',
    explanation:
      'What an earlier process knew to be last good cannot be trusted: the file is damaged, sealed with another key or not at all, of another format or of other paths, or others may write it. None of it is used. It is put aside as `last-good.state.refused`.',
    fix: 'start with the key that it was sealed with, or let it go; docs/operations.md says what it is for',
    inService: true,
  },
  CS6008: {
    title: 'state cannot be written',
    severity: 'warning',
    explanation:
      'The folder of `--state` is full or read-only, or its disk fails. Serving goes on; a restart knows what was last written.',
    fix: 'make room, or make the folder writable; it is tried again with the next change',
    inService: true,
  },
  CS6009: {
    title: 'good certificate lost in a restart',
    severity: 'warning',
    explanation:
      'Before the restart a good certificate was served, and what the input has in its place now is bad or absent. The state without a key holds only its public part, so it cannot be served: what needs it is out of service.',
    fix: 'supply a good Secret; give `serve` a `--state-key`, so that the next restart restores it',
    inService: true,
  },
  CS6010: {
    title: 'source cannot be read',
    severity: 'error',
    explanation:
      'A part of the Kubernetes API does not answer, or may not be read any longer. What was read before stays in service, and changes there are not seen until it can be read again; before everything has been read once, nothing is served at all.',
    fix: 'see whether the API server is there, and what the ClusterRole of the ServiceAccount allows (`kubectl auth can-i`)',
    inService: true,
  },
  CS6011: {
    title: 'handshake with an upstream does not go through',
    severity: 'warning',
    explanation:
      'With `serve --rehearse`, each change of TLS towards an upstream is rehearsed from the control plane: the handshake that Envoy would make was made, and it failed. Envoys may stand elsewhere, so an upstream that is not reached from here may be reached from there. It is tried again from time to time.',
    fix: 'see docs/rehearse.md; `countersign rehearse` says the same on demand',
    inService: true,
  },
  CS6012: {
    title: 'Secret held back by a rehearsal',
    severity: 'error',
    explanation:
      'With `serve --rehearse block`, a new version of a Secret is rehearsed against the upstreams that it is used with before it is served. One of them refuses it, or is refused because of it, and goes on accepting the version before, which keeps serving. It is tried again with growing pauses, and passes as soon as the handshake goes through. As information: the rehearsal is going on.',
    fix: 'have the certificate issued by a CA that the upstream trusts, or mend the upstream; `countersign rehearse` shows the handshake',
    inService: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
