import {
  type Finding,
  keyPairOf,
  readKeyPair,
  readRevocation,
  readTrustBundle,
  revocationOf,
  trustBundleOf,
} from '../../certificates';
import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, keyOf, subjectOf } from '../../model/definition';
import type { SecretData } from '../../model/secret-data';
import type { Path } from '../../model/document';
import type { ConsulIdentity } from '../../resolution/consul-identity';
import { isGranted } from '../../resolution/reference-grant';
import { hostTls } from '../../resolution/host-tls';
import type { QuarantineScope, Violation } from '../../resolution/quarantine';
import {
  type SecretReference,
  type TlsOwner,
  caReferences,
  certificateReference,
  crlReference,
} from '../../resolution/tls-secrets';
import { type ReferenceRule, type RuleContext, notToldByConsul, strictly } from '../rule';

/** What Ambassador calls the Secret of an istio-agent’s files. */
const ISTIO_SECRET = 'istio-certs';

/** What a Secret is named for. */
type Role = 'key pair' | 'CA' | 'revocation list';

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
      const cas = caReferences(owner, owner.spec, ['spec'], definitions);
      const crl = crlReference(owner, owner.spec, ['spec'], definitions);
      return [
        ...check(owner, certificate, 'key pair', 'all', context),
        ...cas.flatMap((ca) => check(owner, ca, 'CA', 'all', context)),
        ...check(owner, crl, 'revocation list', 'all', context),
      ];
    }),
    ...definitions.of('Host').flatMap((owner) => {
      const tls = hostTls(owner, definitions);
      if (tls === undefined) return [];
      const { certificate, settings, path } = tls;
      const own = tls.owner.kind === 'Host';
      return [
        ...check(
          owner,
          certificate.type === 'secret' ? certificate.reference : undefined,
          'key pair',
          hostScope,
          context,
        ),
        ...(own ? caReferences(owner, settings, path, definitions) : []).flatMap((ca) =>
          check(owner, ca, 'CA', hostScope, context),
        ),
        ...(own
          ? check(owner, crlReference(owner, settings, path, definitions), 'revocation list', hostScope, context)
          : []),
      ];
    }),
  ];
};

function check(
  owner: TlsOwner,
  reference: SecretReference | undefined,
  role: Role,
  scope: QuarantineScope,
  context: RuleContext,
): readonly Violation[] {
  if (reference === undefined) return [];
  const { namespace, name, path } = reference;
  const subject = subjectOf(owner);
  const secret = context.definitions.find('Secret', namespace, name);
  const reason = context.quarantine.reason({ kind: 'Secret', namespace, name });
  if (reason !== undefined)
    return [
      {
        scope,
        diagnostic: diagnostic('CS3008', {
          message: `Secret ${namespace}/${name} is unusable (${reason.code}: ${reason.message})`,
          subject,
          location: owner.at(path),
        }),
      },
    ];
  if (secret === undefined && reference.issuedTo !== undefined)
    return [
      { scope, ...notToldByConsul(context.policy), diagnostic: notIssued(reference.issuedTo, role, owner, path) },
    ];
  if (secret === undefined && name === ISTIO_SECRET) {
    const message = `Secret ${namespace}/${name} is not found; the files of an istio-agent are read into namespace ${context.policy.installNamespace}, where they are asked for`;
    return [{ scope, diagnostic: diagnostic('CS7032', { message, subject, location: owner.at(path) }) }];
  }
  if (secret === undefined) {
    const left = context.left.get(keyOf({ kind: 'Secret', namespace, name }));
    const message =
      left === undefined
        ? `Secret ${namespace}/${name} is not found${elsewhere(name, context)}`
        : `Secret ${namespace}/${name} is in the input, but left out among those ${left}`;
    const fix =
      left === undefined ? {} : { fix: 'change the restriction of what is read (CS1034), or name another Secret' };
    return [{ scope, diagnostic: diagnostic('CS3004', { message, subject, location: owner.at(path), ...fix }) }];
  }
  const problem = unfit(secret, role, context.at);
  if (problem !== undefined)
    return [
      {
        scope,
        diagnostic: diagnostic('CS3008', {
          message: `Secret ${namespace}/${name} cannot serve as ${role}: ${problem}`,
          subject,
          location: owner.at(path),
        }),
      },
    ];
  if (isGranted(owner, { kind: 'Secret', namespace, name }, context.definitions)) return [];
  const severity = strictly(context.policy);
  const message = `Secret ${namespace}/${name} is in another namespace than ${keyOf(subject)}`;
  return [{ scope, diagnostic: diagnostic('CS3005', { message, subject, location: owner.at(path), severity }) }];
}

function notIssued({ resolver, service }: ConsulIdentity, role: Role, owner: TlsOwner, path: Path): Diagnostic {
  const what = role === 'CA' ? 'roots of Consul Connect are' : `certificate of "${service}" is`;
  const message = `the ${what} not known yet from Consul (ConsulResolver ${resolver.metadata.name})`;
  return diagnostic('CS7007', { message, subject: subjectOf(owner), location: owner.at(path) });
}

/** Why a sound Secret does not hold what it is named for. Whether it is out of date was judged with the Secret itself. */
function unfit(secret: Definition<'Secret'>, role: Role, at: Date): string | undefined {
  const { data } = secret.spec;
  if (READERS[role].value(data) !== undefined) return undefined;
  return (
    READERS[role].findings(data, at).find(({ severity }) => severity === 'error')?.message ?? 'nothing usable in it'
  );
}

interface Reader {
  /** What the Secret holds for the role, whatever its dates; undefined if it is of no use. */
  value(data: SecretData): object | undefined;
  findings(data: SecretData, at: Date): readonly Finding[];
}

const READERS: Readonly<Record<Role, Reader>> = {
  'key pair': { value: keyPairOf, findings: (data, at) => readKeyPair(data, at).findings },
  CA: {
    value: (data) => trustBundleOf(data, 'declared'),
    findings: (data, at) => readTrustBundle(data, at).findings,
  },
  'revocation list': { value: revocationOf, findings: (data, at) => readRevocation(data, at).findings },
};

function elsewhere(name: string, { definitions }: RuleContext): string {
  const found = definitions.of('Secret').filter((secret) => secret.metadata.name === name);
  return found.length === 0 ? '' : `; there is one in ${found.map(({ metadata }) => metadata.namespace).join(', ')}`;
}
