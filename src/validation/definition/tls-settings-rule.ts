import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { type AnyDefinition, subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import type { TlsSettings } from '../../resolution/tls-secrets';
import type { DefinitionRule } from '../rule';
import { isCipherSuite, isCurve, sameCurve } from './tls-names';

const VERSIONS = ['v1.0', 'v1.1', 'v1.2', 'v1.3'] as const;

/** CS4005, CS4006, CS4007: cipher suites, curves and versions are ones that Envoy takes. */
export const tlsSettingsRule: DefinitionRule = (definition) => {
  const found = settingsOf(definition);
  if (found === undefined) return [];
  const { settings, path } = found;
  const subject = subjectOf(definition);
  const unknown = (
    code: 'CS4005' | 'CS4006',
    field: 'cipher_suites' | 'ecdh_curves',
    word: string,
    known: (entry: string) => boolean,
  ) =>
    (settings[field] ?? []).flatMap((entry, index): Diagnostic[] =>
      known(entry)
        ? []
        : [
            diagnostic(code, {
              message: `${word} "${entry}" is not supported`,
              subject,
              location: definition.at([...path, field, index]),
            }),
          ],
    );
  return [
    ...unknown('CS4005', 'cipher_suites', 'cipher suite', isCipherSuite),
    ...unknown('CS4006', 'ecdh_curves', 'curve', isCurve),
    ...(settings.ecdh_curves ?? []).flatMap((curve, index, all): Diagnostic[] =>
      all.findIndex((other) => sameCurve(other, curve)) === index
        ? []
        : [
            diagnostic('CS4006', {
              message: `curve "${curve}" is there twice`,
              subject,
              location: definition.at([...path, 'ecdh_curves', index]),
            }),
          ],
    ),
    ...versionRange(definition, settings, path),
  ];
};

function versionRange(definition: AnyDefinition, settings: TlsSettings, path: Path): readonly Diagnostic[] {
  const { min_tls_version: min, max_tls_version: max } = settings;
  if (min === undefined || max === undefined || VERSIONS.indexOf(min) <= VERSIONS.indexOf(max)) return [];
  const message = `min_tls_version ${min} is above max_tls_version ${max}`;
  return [
    diagnostic('CS4007', {
      message,
      subject: subjectOf(definition),
      location: definition.at([...path, 'min_tls_version']),
    }),
  ];
}

/** The TLS settings that a definition holds, and where. */
export function settingsOf(
  definition: AnyDefinition,
): { readonly settings: TlsSettings; readonly path: Path } | undefined {
  if (definition.kind === 'TLSContext') return { settings: definition.spec, path: ['spec'] };
  if (definition.kind === 'Host' && definition.spec.tls !== undefined)
    return { settings: definition.spec.tls, path: ['spec', 'tls'] };
  return undefined;
}
