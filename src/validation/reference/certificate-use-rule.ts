import { type KeyPair, type TlsRole, dnsNamesOf, isFor, isForServer, keyPairOf } from '../../certificates';
import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import { type CertificateSource, contextCertificate } from '../../resolution/certificate-source';
import { serverNameOf } from '../../resolution/hostname';
import { hostTls } from '../../resolution/host-tls';
import type { Violation } from '../../resolution/quarantine';
import { resolveTlsContext } from '../../resolution/tls-context';
import type { TlsOwner } from '../../resolution/tls-secrets';
import { inService, type ReferenceRule, type RuleContext, upstreamsInService, WITH_CONTEXT } from '../rule';

/** How many names a finding lists. */
const LISTED = 3;

/** CS4023, CS4024: a certificate is for the direction that it is used in, and names the Host that serves it. */
export const certificateUseRule: ReferenceRule = (context) => [...served(context), ...presented(context)];

function served(context: RuleContext): readonly Violation[] {
  return inService('Host', context).flatMap((host): Violation[] => {
    const tls = hostTls(host, context.definitions);
    if (tls === undefined) return [];
    const pair = pairOf(tls.certificate, context);
    if (pair === undefined) return [];
    const { hostname = '*' } = host.spec;
    const found = wrongPurpose(host, tls.certificate, pair, 'server');
    const [leaf] = pair.certificates;
    if (leaf === undefined || isForServer(leaf, serverNameOf(hostname))) return found;
    const message = `the certificate of Host "${host.metadata.name}" is for ${listed(dnsNamesOf(leaf))}, not for ${hostname}`;
    return [
      ...found,
      {
        diagnostic: diagnostic('CS4024', {
          message,
          subject: subjectOf(host),
          location: placeOf(host, tls.certificate),
        }),
      },
    ];
  });
}

function presented(context: RuleContext): readonly Violation[] {
  const { definitions } = context;
  const contexts = new Set<Definition<'TLSContext'>>();
  for (const { owner, tls } of upstreamsInService(context, WITH_CONTEXT)) {
    const resolved = tls === undefined ? undefined : resolveTlsContext(definitions, tls, owner.metadata.namespace);
    if (resolved?.type === 'found') contexts.add(resolved.context);
  }
  return [...contexts].flatMap((owner) => {
    const certificate = contextCertificate(owner, definitions);
    const pair = pairOf(certificate, context);
    return certificate === undefined || pair === undefined ? [] : wrongPurpose(owner, certificate, pair, 'client');
  });
}

function wrongPurpose(owner: TlsOwner, source: CertificateSource, pair: KeyPair, role: TlsRole): Violation[] {
  const [leaf] = pair.certificates;
  if (leaf === undefined || isFor(leaf, role)) return [];
  const use = role === 'server' ? 'is served to clients' : 'is presented to upstreams';
  const message = `the certificate of ${owner.kind} "${owner.metadata.name}" ${use}, and its extended key usage lacks ${role}Auth`;
  return [
    { diagnostic: diagnostic('CS4023', { message, subject: subjectOf(owner), location: placeOf(owner, source) }) },
  ];
}

function pairOf(source: CertificateSource | undefined, { definitions }: RuleContext): KeyPair | undefined {
  if (source?.type !== 'secret') return undefined;
  const { namespace, name } = source.reference;
  const secret = definitions.find('Secret', namespace, name);
  return secret && keyPairOf(secret.spec.data);
}

function placeOf(owner: TlsOwner, source: CertificateSource) {
  return owner.at(source.type === 'secret' ? source.reference.path : ['spec']);
}

function listed(names: readonly string[]): string {
  return names.length > LISTED
    ? `${names.slice(0, LISTED).join(', ')} and ${names.length - LISTED} more`
    : names.join(', ');
}
