import { type Severity, diagnostic } from '../../src/diagnostics/diagnostic';
import { withDefaults } from '../../src/resolution/defaults';
import { Quarantine } from '../../src/resolution/quarantine';
import { definitions, text } from '../support/decoded';

const subject = { kind: 'Host', namespace: 'default', name: 'a' };
const finding = (message: string, severity: Severity = 'error') => diagnostic('CS4014', { message, severity, subject });

test('a whole quarantine counts in every scope, a scope only in its own', () => {
  const scoped = new Quarantine();
  scoped.add({ diagnostic: finding('tls'), scope: 'tls' });
  expect(scoped.reason(subject, 'tls')?.message).toBe('tls');
  expect(scoped.reason(subject, 'cleartext')).toBeUndefined();
  expect(scoped.reason(subject)).toBeUndefined();
  expect(scoped.holdsKind('Host')).toBe(false);

  const whole = new Quarantine();
  whole.add({ diagnostic: finding('all') });
  for (const scope of ['all', 'tls', 'cleartext', 'upstream'] as const)
    expect(whole.reason(subject, scope)?.message).toBe('all');
  expect(whole.holdsKind('Host')).toBe(true);
  expect(whole.holdsKind('Ho')).toBe(false);
});

test('only errors that are about somebody count, and the first reason stays', () => {
  const quarantine = new Quarantine();
  quarantine.add({ diagnostic: finding('a warning', 'warning') });
  quarantine.add({ diagnostic: diagnostic('CS1001', { message: 'about nobody' }) });
  expect(quarantine.size).toBe(0);
  quarantine.add({ diagnostic: finding('first') });
  quarantine.add({ diagnostic: finding('second') });
  expect(quarantine.reason(subject)?.message).toBe('first');
  expect([...quarantine.keys()]).toEqual(['Host default/a']);
});

test('a copy goes its own way', () => {
  const original = new Quarantine();
  original.add({ diagnostic: finding('tls'), scope: 'tls' });
  const copy = original.copy();
  copy.add({ diagnostic: finding('cleartext'), scope: 'cleartext' });
  expect(original.reason(subject, 'cleartext')).toBeUndefined();
  expect(copy.reason(subject, 'tls')?.message).toBe('tls');
});

describe('what Ambassador supplies', () => {
  const listener = text('Listener', {
    port: 1,
    protocol: 'HTTP',
    securityModel: 'XFP',
    hostBinding: { namespace: { from: 'ALL' } },
  });
  const names = (kind: 'Host' | 'Listener', quarantine: Quarantine, ...texts: readonly string[]) =>
    withDefaults(definitions(...texts), quarantine)
      .of(kind)
      .map(({ metadata }) => metadata.name);

  test('is there where nothing of the kind is defined', () => {
    expect(names('Listener', new Quarantine())).toEqual(['ambassador-listener-8080', 'ambassador-listener-8443']);
    expect(names('Host', new Quarantine())).toEqual(['ambassador-default-host']);
  });

  test('is not where something is, kind by kind', () => {
    expect(names('Listener', new Quarantine(), listener)).toEqual(['it']);
    expect(names('Host', new Quarantine(), listener)).toEqual(['ambassador-default-host']);
    expect(names('Host', new Quarantine(), text('Host', {}))).toEqual(['it']);
  });

  test('does not stand in for the only Host when that is out of service: everything would be open in cleartext', () => {
    const quarantine = new Quarantine();
    quarantine.add({ diagnostic: finding('broken') });
    expect(names('Host', quarantine)).toEqual([]);
    expect(names('Listener', quarantine)).toHaveLength(2);
  });
});
