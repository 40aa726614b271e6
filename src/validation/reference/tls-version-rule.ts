import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import type { TlsSettings } from '../../resolution/tls-secrets';
import { type ReferenceRule, strictly } from '../rule';

const OBSOLETE: ReadonlySet<string | undefined> = new Set(['v1.0', 'v1.1']);

/** CS4008: TLS 1.0 and 1.1 are neither offered nor accepted (RFC 8996). */
export const tlsVersionRule: ReferenceRule = ({ definitions, policy }) => {
  const check = (
    owner: Definition<'TLSContext'> | Definition<'Host'>,
    settings: TlsSettings,
    path: Path,
  ): Diagnostic[] =>
    (['min_tls_version', 'max_tls_version'] as const)
      .filter((field) => OBSOLETE.has(settings[field]))
      .map((field) =>
        diagnostic('CS4008', {
          message: `${field} ${settings[field]} allows an obsolete version of TLS`,
          subject: subjectOf(owner),
          location: owner.at([...path, field]),
          severity: strictly(policy),
        }),
      );
  return [
    ...definitions.of('TLSContext').flatMap((context) => check(context, context.spec, ['spec'])),
    ...definitions
      .of('Host')
      .flatMap((host) => (host.spec.tls === undefined ? [] : check(host, host.spec.tls, ['spec', 'tls']))),
  ].map((finding) => ({ diagnostic: finding }));
};
