import { ALERTS, ASK, badCertificate, demanded, nothingShared, suspicion } from './alert';
import type { Attempt, Verdict } from './attempt';
import type { Observation } from './observation';
import type { Offer } from './offer';

/** What was seen means this; `at` is the moment of the handshake, by which our own certificate is judged. */
export function verdictOf(seen: Observation, attempt: Attempt, at: Date): Verdict {
  switch (seen.end) {
    case 'content':
      return { outcome: 'goes through', reason: agreement(seen, attempt), about: 'offered' };
    case 'no connection':
      return unreached(seen);
    case 'timeout':
      return seen.stage === 'connecting' ? unreached({ ...seen, network: 'ETIMEDOUT' }) : silent(seen);
    case 'refused by us':
      return refusedByUs(seen, attempt);
    case 'ended by the upstream':
      return refusedByThem(seen, attempt, at);
  }
}

function agreement({ protocol = 'TLS', cipherSuite, alpnProtocol }: Observation, { presented }: Attempt): string {
  const shown =
    presented === undefined ? 'without a client certificate' : `with client certificate ${presented.subject}`;
  return [protocol, cipherSuite, alpnProtocol === undefined ? undefined : `ALPN ${alpnProtocol}`, shown]
    .filter((part) => part !== undefined)
    .join(', ');
}

const NETWORK: Readonly<Record<string, readonly [string, string]>> = {
  ECONNREFUSED: ['nothing listens at that port', 'correct host and port of `service`, or start the upstream'],
  ETIMEDOUT: ['no connection within the time', 'correct `service`; look for a firewall on the way'],
  EHOSTUNREACH: ['there is no way to that host', 'correct `service`; look at routes and firewalls'],
  ENETUNREACH: ['there is no way to that network', 'correct `service`; look at routes and firewalls'],
  ENOTFOUND: ['the name cannot be resolved', 'correct the host of `service`, or rehearse where its name is known'],
  ENODATA: [
    'the name has no address of that family',
    'correct the host of `service`, or `enable_ipv4` and `enable_ipv6`',
  ],
  EAI_AGAIN: ['the name servers do not answer', 'rehearse where the name can be resolved'],
  ECONNRESET: ['the connection was reset before a word was said', 'look at what stands before the upstream'],
};

function unreached({ network = 'unknown' }: Observation): Verdict {
  const [what, fix] = NETWORK[network] ?? [
    'the connection failed',
    'see whether the upstream can be reached from here',
  ];
  return { outcome: 'not reached', reason: `${what} (${network})`, fix, about: 'address' };
}

function silent({ stage }: Observation): Verdict {
  return {
    outcome: 'not reached',
    reason:
      stage === 'hello'
        ? 'the connection stands, but nothing answers our ClientHello'
        : 'the upstream stopped in the middle of the handshake',
    fix: 'see whether TLS is spoken at that port, and whether the upstream is overloaded',
    about: 'address',
  };
}

function refusedByUs({ refusal, complaint = 'unknown', protocol }: Observation, { offer }: Attempt): Verdict {
  if (refusal !== undefined)
    return { outcome: 'we refuse the upstream', reason: refusal.reason, fix: refusal.fix, about: 'demanded' };
  if (/WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|INVALID_RECORD|UNEXPECTED_MESSAGE/.test(complaint))
    return {
      outcome: 'no TLS there',
      reason: 'the upstream answers our ClientHello with something that is not TLS',
      fix: 'correct the port of `service`, or leave out `https://` and `tls`',
      about: 'address',
    };
  if (/UNSUPPORTED_PROTOCOL/.test(complaint))
    return {
      outcome: 'nothing in common',
      reason: `the upstream chooses ${protocol ?? 'a TLS version'}, and ${versionsOf(offer)} is offered`,
      fix: 'compare `min_tls_version` and `max_tls_version` with what the upstream speaks',
      about: 'offered',
    };
  return {
    outcome: 'we refuse the upstream',
    reason: `what the upstream answers is not as it should be (${complaint})`,
    fix: 'compare versions, cipher suites and curves with what the upstream speaks',
    about: 'offered',
  };
}

function refusedByThem(seen: Observation, attempt: Attempt, at: Date): Verdict {
  const { alert, stage, certificateRequested } = seen;
  if (alert === 'protocol_version')
    return {
      outcome: 'nothing in common',
      reason: `it speaks none of the TLS versions that we offer (${versionsOf(attempt.offer)})`,
      fix: 'compare `min_tls_version` and `max_tls_version` with what the upstream speaks: without `max_tls_version`, Envoy stops at TLS 1.2',
      about: 'offered',
    };
  const refused = (words: Omit<Verdict, 'outcome'>): Verdict => ({ outcome: 'the upstream refuses us', ...words });
  if (alert === 'handshake_failure' || alert === undefined) {
    if (certificateRequested === true && attempt.presented === undefined) return refused(demanded(attempt, at));
    if (alert !== undefined && stage === 'hello')
      return { outcome: 'nothing in common', ...nothingShared(attempt, at) };
    if (alert !== undefined) return refused(badCertificate(attempt, at));
    return refused(brokenOff(seen, attempt, at));
  }
  const words = ALERTS[alert];
  return refused(
    words?.(attempt, at) ?? {
      reason: `it ended the handshake with the alert ${alert}`,
      fix: 'see its log',
      about: 'offered',
    },
  );
}

/** Servers on Node.js, and some others, send no alert. */
function brokenOff({ stage, certificateRequested }: Observation, attempt: Attempt, at: Date): Omit<Verdict, 'outcome'> {
  if (stage === 'hello')
    return {
      reason: 'it closes the connection on our ClientHello, without an alert',
      fix: 'see whether TLS is spoken at that port, and whether the server name (`sni`) is one that it serves',
      about: 'offered',
    };
  if (attempt.presented === undefined && certificateRequested !== false)
    return {
      reason:
        'it closes the connection without an alert once we have shown no client certificate: it likely demands one',
      fix: 'name a client certificate: `secret` of the TLSContext',
      about: 'presented',
    };
  if (certificateRequested === false)
    return {
      reason: 'it closes the connection without an alert, and has not asked for a client certificate',
      fix: 'see its log',
      about: 'offered',
    };
  return {
    ...(suspicion(attempt, at) ?? {
      reason: `it closes the connection without an alert once it has seen our client certificate ${attempt.presented?.subject ?? ''}, issued by ${attempt.presented?.issuer ?? ''}: it does not know that CA, has revoked it, or does not allow it`,
      fix: ASK,
    }),
    about: 'presented',
  };
}

function versionsOf({ minVersion, maxVersion }: Offer): string {
  return minVersion === maxVersion
    ? `TLS ${minVersion.slice(1)}`
    : `TLS ${minVersion.slice(1)} to ${maxVersion.slice(1)}`;
}
