import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import type { DefinitionRule } from '../rule';
import { settingsOf } from './tls-settings-rule';

const FILES = ['cert_chain_file', 'private_key_file', 'cacert_chain_file', 'crl_file'] as const;

/** CS3012, CS3013, CS4020: what is in a file is in no Secret too, a chain has its key, and nobody believes that it was checked. */
export const tlsFilesRule: DefinitionRule = (definition) => {
  const found = settingsOf(definition);
  if (found === undefined) return [];
  const { settings, path } = found;
  const named = FILES.filter((field) => settings[field] !== undefined);
  if (named.length === 0) return [];
  const subject = subjectOf(definition);
  const at = (field: string) => definition.at([...path, field], 'key');
  const twice = (secret: string, given: unknown, file: (typeof FILES)[number]): readonly Diagnostic[] =>
    given === undefined || settings[file] === undefined
      ? []
      : [diagnostic('CS3012', { message: `${secret} and ${file} are both given`, subject, location: at(file) })];
  const { cert_chain_file: chain, private_key_file: key } = settings;
  const [present, absent] =
    chain === undefined ? ['private_key_file', 'cert_chain_file'] : ['cert_chain_file', 'private_key_file'];
  return [
    ...(definition.kind === 'TLSContext'
      ? twice('secret', definition.spec.secret, 'cert_chain_file')
      : definition.kind === 'Host'
        ? twice('tlsSecret', definition.spec.tlsSecret, 'cert_chain_file')
        : []),
    ...twice('ca_secret', settings.ca_secret, 'cacert_chain_file'),
    ...twice('crl_secret', settings.crl_secret, 'crl_file'),
    ...((chain === undefined) === (key === undefined)
      ? []
      : [diagnostic('CS3013', { message: `${present} is given without ${absent}`, subject, location: at(present) })]),
    diagnostic('CS4020', {
      message: `what ${named.join(', ')} hold is not checked: Envoy reads the files itself`,
      subject,
      location: at(named[0] ?? ''),
    }),
  ];
};
