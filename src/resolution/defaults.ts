import type { AnyDefinition, Definition, Metadata } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { Quarantine } from './quarantine';

/** Ports of the Listeners that Ambassador’s chart creates. */
const HTTP_PORT = 8080;
const HTTPS_PORT = 8443;

const NOWHERE = { file: '<built in>', line: 1, column: 1 } as const;

const defaultListeners: readonly Definition<'Listener'>[] = [
  supplied('Listener', 'ambassador-listener-8080', {
    port: HTTP_PORT,
    protocol: 'HTTP',
    securityModel: 'XFP',
    hostBinding: { namespace: { from: 'ALL' } },
  }),
  supplied('Listener', 'ambassador-listener-8443', {
    port: HTTPS_PORT,
    protocol: 'HTTPS',
    securityModel: 'XFP',
    hostBinding: { namespace: { from: 'ALL' } },
  }),
];

const defaultHost: Definition<'Host'> = supplied('Host', 'ambassador-default-host', {
  hostname: '*',
  requestPolicy: { insecure: { action: 'Route' } },
});

/**
 * Adds what Ambassador supplies: two Listeners where none is defined, and a Host `*` that routes cleartext where no Host is. A
 * Host or Listener that is defined but out of service counts as defined: a mistake in the only Host must not open everything in cleartext.
 */
export function withDefaults(definitions: Definitions, quarantine: Quarantine): Definitions {
  const lacks = (kind: 'Listener' | 'Host') => definitions.of(kind).length === 0 && !quarantine.holdsKind(kind);
  // An Ingress out of service may have had Hosts of its own.
  const lacksHost = lacks('Host') && !quarantine.holdsKind('Ingress');
  const added: readonly AnyDefinition[] = [
    ...(lacks('Listener') ? defaultListeners : []),
    ...(lacksHost ? [defaultHost] : []),
  ];
  return definitions.with(added);
}

function supplied<K extends 'Listener' | 'Host'>(kind: K, name: string, spec: Definition<K>['spec']): Definition<K> {
  const metadata: Metadata = { name, namespace: 'default', labels: {}, annotations: {} };
  return { kind, metadata, spec, ambassadorIds: '*', at: () => NOWHERE };
}
