import { diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import type { DefinitionRule } from '../rule';

/** CS3010, CS4011: a Host has one source of TLS settings, and a certificate to use them with. */
export const hostRule: DefinitionRule = (definition) => {
  if (definition.kind !== 'Host') return [];
  const { tls, tlsContext, tlsSecret } = definition.spec;
  const subject = subjectOf(definition);
  if (tls !== undefined && tlsContext !== undefined) {
    const message = 'tls and tlsContext exclude each other';
    return [diagnostic('CS3010', { message, subject, location: definition.at(['spec', 'tlsContext'], 'key') })];
  }
  // What a `tlsContext` brings along is seen only with the others.
  if (tls === undefined || tlsSecret?.name !== undefined || tls.cert_chain_file !== undefined) return [];
  const message = 'tls is given, but no tlsSecret: there is no certificate to terminate TLS with';
  return [diagnostic('CS4011', { message, subject, location: definition.at(['spec', 'tls'], 'key') })];
};
