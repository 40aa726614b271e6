import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import type { DefinitionRule } from '../rule';

/** What Consul says with an identity, and nobody else then. */
const SAID_BY_CONSUL = [
  'secret',
  'ca_secret',
  'cacert_chain_file',
  'cert_chain_file',
  'private_key_file',
  'verify',
  'sni',
] as const;

/** CS7003, CS7005, CS7013: what comes from Consul comes from nowhere else, and its ACL token stays where it belongs. */
export const consulRule: DefinitionRule = (definition) => {
  if (definition.kind === 'TLSContext') return ofContext(definition);
  return definition.kind === 'ConsulResolver' ? ofResolver(definition) : [];
};

function ofContext(context: Definition<'TLSContext'>): readonly Diagnostic[] {
  const { spec } = context;
  if (spec.consul === undefined) return [];
  return SAID_BY_CONSUL.filter((field) => spec[field] !== undefined).map((field) =>
    diagnostic('CS7003', {
      message: `consul and ${field} are both given`,
      subject: subjectOf(context),
      location: context.at(['spec', field], 'key'),
    }),
  );
}

function ofResolver(resolver: Definition<'ConsulResolver'>): readonly Diagnostic[] {
  const { token, token_file, address = '' } = resolver.spec;
  const subject = subjectOf(resolver);
  const at = (field: string) => resolver.at(['spec', field], 'key');
  const findings: Diagnostic[] = [];
  if (token !== undefined) {
    const message =
      token_file === undefined
        ? 'the ACL token stands in the definition'
        : 'token and token_file are both given: token_file counts';
    findings.push(diagnostic('CS7005', { message, subject, location: at('token') }));
  }
  if ((token ?? token_file) !== undefined && isCleartext(address)) {
    const message = 'the ACL token goes to Consul in cleartext, and private keys come back so';
    findings.push(diagnostic('CS7013', { message, subject, location: at('address') }));
  }
  return findings;
}

/** A variable may stand for anything; on the same machine nobody is on the way. */
function isCleartext(address: string): boolean {
  if (address === '' || address.startsWith('https://') || address.includes('$')) return false;
  const host = address.replace(/^http:\/\//, '').replace(/[:/][^\]]*$/, '');
  return !['127.0.0.1', 'localhost', '[::1]'].includes(host);
}
