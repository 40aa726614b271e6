import { keyPairOf, readKeyPair, readTrustBundle, trustBundleOf } from '../../certificates';
import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, keyOf, subjectOf } from '../../model/definition';
import { hostTls } from '../../resolution/host-tls';
import type { QuarantineScope, Violation } from '../../resolution/quarantine';
import { type SecretReference, caReference, certificateReference } from '../../resolution/tls-secrets';
import { type ReferenceRule, type RuleContext, strictly } from '../rule';

type Owner = Definition<'TLSContext'> | Definition<'Host'>;

/**
 * CS3004, CS3005, CS3008: every Secret that a TLSContext or a Host names is there, is sound, and holds what it is named for.
 * A Host whose Secret is not loses its TLS side; with secret validation forced, all of it.
 */
export const secretReferenceRule: ReferenceRule = (context) => {
  const { definitions, policy } = context;
  const forced = policy.forceSecretValidation || policy.strict;
  const hostScope: QuarantineScope = forced ? 'all' : 'tls';
  return [
    ...definitions.of('TLSContext').flatMap((owner) => {
      const certificate = certificateReference(owner, definitions);
      const ca = caReference(owner, owner.spec, ['spec'], definitions);
      return [
        ...(certificate === undefined ? [] : check(owner, certificate, 'key pair', 'all', context)),
        ...(ca === undefined ? [] : check(owner, ca, 'CA', 'all', context)),
      ];
    }),
    ...definitions.of('Host').flatMap((owner) => {
      const tls = hostTls(owner, definitions);
      if (tls === undefined) return [];
      const ca = tls.owner.kind === 'Host' ? caReference(owner, tls.settings, tls.path, definitions) : undefined;
      return [
        ...check(owner, tls.certificate, 'key pair', hostScope, context),
        ...(ca === undefined ? [] : check(owner, ca, 'CA', hostScope, context)),
      ];
    }),
  ];
};

function check(
  owner: Owner,
  reference: SecretReference,
  role: 'key pair' | 'CA',
  scope: QuarantineScope,
  context: RuleContext,
): readonly Violation[] {
  const { namespace, name, path } = reference;
  const subject = subjectOf(owner);
  const location = owner.at(path);
  const secret = context.definitions.find('Secret', namespace, name);
  const reason = context.quarantine.reason({ kind: 'Secret', namespace, name });
  if (reason !== undefined)
    return [
      {
        scope,
        diagnostic: diagnostic('CS3008', {
          message: `Secret ${namespace}/${name} is unusable (${reason.code}: ${reason.message})`,
          subject,
          location,
        }),
      },
    ];
  if (secret === undefined)
    return [
      {
        scope,
        diagnostic: diagnostic('CS3004', {
          message: `Secret ${namespace}/${name} is not found${elsewhere(name, context)}`,
          subject,
          location,
        }),
      },
    ];
  const problem = unfit(secret, role, context.at);
  if (problem !== undefined)
    return [
      {
        scope,
        diagnostic: diagnostic('CS3008', {
          message: `Secret ${namespace}/${name} cannot serve as ${role}: ${problem}`,
          subject,
          location,
        }),
      },
    ];
  if (namespace === owner.metadata.namespace) return [];
  const severity = strictly(context.policy);
  const message = `Secret ${namespace}/${name} is in another namespace than ${keyOf(subject)}`;
  return [{ scope, diagnostic: diagnostic('CS3005', { message, subject, location, severity }) }];
}

/** Why a sound Secret does not hold what it is named for. Whether it is out of date was judged with the Secret itself. */
function unfit(secret: Definition<'Secret'>, role: 'key pair' | 'CA', at: Date): string | undefined {
  const { data } = secret.spec;
  if ((role === 'CA' ? trustBundleOf(data, 'declared') : keyPairOf(data)) !== undefined) return undefined;
  const { findings } = role === 'CA' ? readTrustBundle(data, at) : readKeyPair(data, at);
  return findings.find(({ severity }) => severity === 'error')?.message ?? 'nothing usable in it';
}

function elsewhere(name: string, { definitions }: RuleContext): string {
  const found = definitions.of('Secret').filter((secret) => secret.metadata.name === name);
  return found.length === 0 ? '' : `; there is one in ${found.map(({ metadata }) => metadata.namespace).join(', ')}`;
}
