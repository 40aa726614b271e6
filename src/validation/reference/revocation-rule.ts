import { judgeRevocation } from '../../certificates';
import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import { hostTls } from '../../resolution/host-tls';
import type { QuarantineScope, Violation } from '../../resolution/quarantine';
import type { TlsOwner } from '../../resolution/tls-secrets';
import { type Trust, downstreamTrust, revocationSource, upstreamTrust } from '../../resolution/trust';
import { inService, type ReferenceRule, type RuleContext } from '../rule';

/**
 * CS4018, CS4019: revocation lists have a CA that they are of. Where they have none, revoked certificates would go unnoticed, and where
 * they do not fit, nobody could connect: what uses them is taken out of service.
 */
export const revocationRule: ReferenceRule = (context) => {
  const { definitions } = context;
  return [
    ...inService('TLSContext', context).flatMap((owner): readonly Violation[] => {
      const trust = upstreamTrust(owner, definitions);
      return trust === undefined ? [] : within('all', unfit(trust, owner, context));
    }),
    ...inService('Host', context).flatMap((host): readonly Violation[] => {
      const tls = hostTls(host, definitions);
      if (tls === undefined) return [];
      const { owner, settings, path, certificate } = tls;
      const trust = downstreamTrust(owner, settings, path, certificate, definitions);
      if (trust !== undefined) {
        // A TLSContext with a CA of its own has been judged above.
        const known = owner.kind === 'TLSContext' && (trust.anchors.type !== 'secret' || trust.anchors.role !== 'own');
        return known ? [] : within('tls', unfit(trust, host, context));
      }
      if (revocationSource(owner, settings, path, definitions) === undefined) return [];
      const message = `Host "${host.metadata.name}" has a revocation list, and no CA to verify clients with`;
      const location = owner.at([...path, settings.crl_secret === undefined ? 'crl_file' : 'crl_secret'], 'key');
      return within('all', [diagnostic('CS4018', { message, subject: subjectOf(host), location })]);
    }),
  ];
};

function within(scope: QuarantineScope, diagnostics: readonly Diagnostic[]): readonly Violation[] {
  return diagnostics.map((found) => ({ scope, diagnostic: found }));
}

function unfit({ anchors, revocation, owner }: Trust, subject: TlsOwner, context: RuleContext): readonly Diagnostic[] {
  if (anchors.type !== 'secret' || revocation?.type !== 'secret') return [];
  const dataOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }) =>
    context.definitions.find('Secret', namespace, name)?.spec.data;
  const [cas, lists] = [anchors.references.map(dataOf), dataOf(revocation.reference)];
  const known = cas.filter((ca) => ca !== undefined);
  if (known.length < cas.length || lists === undefined) return [];
  return judgeRevocation(known, anchors.role, lists).map(({ code, severity, message }) =>
    diagnostic(code, {
      message: `Secret ${revocation.reference.namespace}/${revocation.reference.name}: ${message}`,
      severity,
      subject: subjectOf(subject),
      location: owner.at(revocation.reference.path),
    }),
  );
}
