import type { CatalogueEntry } from './entry';

export const certificateCodes = {
  CS2001: {
    title: 'no certificate in Secret',
    severity: 'error',
    explanation:
      'A Secret that serves as a TLS certificate needs its chain under `tls.crt` (or `cert-chain.pem`). An empty value counts as missing: cert-manager leaves one while a certificate is being issued.',
    fix: 'put the PEM certificate chain, leaf first, under `tls.crt`',
  },
  CS2002: {
    title: 'no private key in Secret',
    severity: 'error',
    explanation:
      'A Secret that serves as a TLS certificate needs its private key under `tls.key` (or `key.pem`). Ambassador drops the whole TLSContext and lets its Mappings fall back to cleartext; Countersign quarantines what needs the Secret.',
    fix: 'put the PEM private key under `tls.key`',
  },
  CS2003: {
    title: 'not PEM',
    severity: 'error',
    explanation:
      'The value is not a complete PEM text (RFC 7468): no BEGIN line, a block cut short, a byte order mark, or a body that is not base64. Envoy refuses it.',
    fix: 'put the file in unchanged, from its first `-----BEGIN` line to its last `-----END` line',
  },
  CS2004: {
    title: 'private key does not match certificate',
    severity: 'error',
    explanation:
      'The private key belongs to another certificate. Envoy refuses the pair, and with it other Secrets of the same response; Countersign keeps the last good pair.',
    fix: 'take `tls.crt` and `tls.key` from the same issuance',
  },
  CS2005: {
    title: 'undecodable certificate or key',
    severity: 'error',
    explanation:
      'A PEM block does not hold a well-formed X.509 certificate or revocation list (RFC 5280) or private key (RFC 5208, RFC 5915, RFC 8017). Envoy refuses it.',
    fix: 'export it again; `openssl x509 -noout -text` and `openssl pkey -noout -check` show whether a file is sound',
  },
  CS2006: {
    title: 'private key is encrypted',
    severity: 'error',
    explanation: 'The private key is protected by a passphrase, which a Secret has no place for. Envoy refuses it.',
    fix: 'store the key without a passphrase: `openssl pkey -in encrypted.key -out tls.key`',
  },
  CS2007: {
    title: 'several private keys',
    severity: 'error',
    explanation: 'Envoy reads the first private key of a file and ignores the rest, so which key is meant is a guess.',
    fix: 'keep only the key of the leaf certificate',
  },
  CS2008: {
    title: 'unsupported key',
    severity: 'error',
    explanation:
      'Envoy accepts RSA keys of 2048 to 8192 bits, the curves P-256, P-384 and P-521, and Ed25519, and refuses all others. P-521 and Ed25519 are a warning: Envoy serves such a certificate, but as the peer of one it fails the handshake.',
    fix: 'issue the certificate for a P-256 or an RSA 2048 key',
  },
  CS2009: {
    title: 'certificate chain out of order',
    severity: 'error',
    explanation:
      'A chain starts with the leaf, and each certificate is issued by the next (RFC 8446 §4.4.2). Envoy refuses a chain whose first certificate is not the leaf and sends any other one as it stands, so strict peers fail to verify it.',
    fix: 'order the certificates leaf first, each followed by its issuer, and remove those that do not belong to the chain',
  },
  CS2010: {
    title: 'weak certificate signature',
    severity: 'error',
    explanation:
      'The certificate is signed with SHA-1, MD5 or MD2, which can be forged. Envoy loads it; current TLS clients refuse it.',
    fix: 'have the certificate issued again with SHA-256 or better',
  },
  CS2011: {
    title: 'certificate has expired',
    severity: 'error',
    explanation:
      'Peers refuse an expired certificate, but Envoy accepts it without a word. Countersign never replaces a valid certificate by an expired one. Five minutes of clock skew are tolerated.',
    fix: 'renew the certificate',
  },
  CS2012: {
    title: 'certificate is not valid yet',
    severity: 'error',
    explanation:
      'Peers refuse a certificate before its notBefore, but Envoy accepts it without a word. Five minutes of clock skew are tolerated.',
    fix: 'wait until it becomes valid, or correct the clock of the machine that issued it',
  },
  CS2013: {
    title: 'certificate expires soon',
    severity: 'warning',
    explanation:
      'Raised 30 days before a certificate expires, but not before two thirds of its life are over, and worded more sharply in the last 7 days and the last day.',
    fix: 'renew the certificate',
  },
  CS2014: {
    title: 'leaf certificate is a CA',
    severity: 'warning',
    explanation:
      'The certificate that is presented to peers may itself issue certificates (`openssl req -x509` makes such ones). Whoever holds its key can impersonate every name to those who trust it.',
    fix: 'issue a leaf certificate with `CA:FALSE` from the CA',
  },
  CS2015: {
    title: 'content ignored',
    severity: 'warning',
    explanation:
      'The value holds something besides what its key is for, such as text after the last PEM block or a private key among certificates. Countersign leaves it out of what it sends to Envoy.',
    fix: 'remove what does not belong there',
  },
  CS2016: {
    title: 'no CA certificate in Secret',
    severity: 'error',
    explanation:
      'A Secret that peers are verified against needs its CA certificates under `ca.crt`, `root-cert.pem` or `tls.crt`, looked up in this order. Envoy refuses an empty bundle.',
    fix: 'put the PEM certificates of the CA under `ca.crt`',
  },
  CS2017: {
    title: 'not a CA certificate',
    severity: 'error',
    explanation:
      'A certificate in the place of an issuer lacks `basicConstraints CA:TRUE` or the key usage `keyCertSign` (RFC 5280 §4.2.1.3, §4.2.1.9). Strict peers accept nothing that it issued, while Envoy takes any certificate of a bundle for an issuer: whoever holds the key of a trusted leaf could issue certificates. A self-signed certificate without the flag, pinned by its owner, is a warning.',
    fix: 'put the certificate of the issuing CA there',
  },
  CS2018: {
    title: 'expired CA certificate in bundle',
    severity: 'warning',
    explanation:
      'Peers whose certificates lead to this CA are refused; the other CAs of the bundle still verify theirs.',
    fix: 'remove it from the bundle',
  },
  CS2019: {
    title: 'duplicate CA certificate',
    severity: 'warning',
    explanation: 'The bundle holds the same certificate more than once. Countersign sends it once.',
    fix: 'remove the copy',
  },
  CS2020: {
    title: 'certificate demands OCSP stapling',
    severity: 'error',
    explanation:
      'The certificate has the TLS feature "must staple" (RFC 7633): a server has to present a fresh OCSP response along with it, and Secrets carry none. Envoy refuses such a certificate on a listener.',
    fix: 'have the certificate issued again without the must-staple extension',
  },
  CS2021: {
    title: 'key usage forbids TLS handshakes',
    severity: 'error',
    explanation:
      'The certificate restricts its key usage and leaves out `digitalSignature`, which every TLS 1.3 handshake needs. Envoy refuses such an EC certificate; such an RSA one (a warning) it loads, but strict peers refuse it.',
    fix: 'have the certificate issued again with the key usage digitalSignature',
  },
  CS2022: {
    title: 'certificate has no name',
    severity: 'error',
    explanation:
      'The certificate has neither a common name nor a subject alternative name of type DNS, IP or URI, so no peer can tell whom it is for. Envoy refuses it on a listener.',
    fix: 'have the certificate issued again with a subject alternative name',
  },
  CS2023: {
    title: 'no revocation list in Secret',
    severity: 'error',
    explanation:
      'A Secret named by `crl_secret` needs a PEM revocation list under `crl.pem` (or `user.key`, as in Ambassador). Envoy takes a text without one for a list that revokes nothing, and lets revoked certificates in.',
    fix: 'put the list of the CA under `crl.pem`, beginning with `-----BEGIN X509 CRL-----`',
  },
  CS2024: {
    title: 'revocation list is out of date',
    severity: 'error',
    explanation:
      'The list is past its nextUpdate, or before its thisUpdate (RFC 5280 §5.1.2). Envoy then refuses every certificate of that CA. A warning in the last fifth of its life, seven days before at the most. Five minutes of clock skew are tolerated.',
    fix: 'fetch the current list from the CA, and do so regularly',
  },
  CS2025: {
    title: 'several revocation lists of one issuer',
    severity: 'warning',
    explanation:
      'Envoy consults one list of an issuer, and not always the newest, so a certificate that is revoked in another one gets in. Countersign sends the newest only.',
    fix: 'remove the older lists',
  },
  CS2026: {
    title: 'chain longer than its CA allows',
    severity: 'error',
    explanation:
      'A CA certificate of the chain limits how many CAs may follow below it (`pathlen` of basicConstraints, RFC 5280 §4.2.1.9), and there are more. Envoy loads such a chain; peers refuse it.',
    fix: 'have the certificate issued by a CA that may, or let the upper CA issue the lower one with a larger `pathlen`',
  },
  CS2027: {
    title: 'name that the CA may not issue',
    severity: 'error',
    explanation:
      'A CA certificate of the chain restricts the names below it (nameConstraints, RFC 5280 §4.2.1.10), and a certificate has one that is excluded, or is not among the permitted ones of its type. Envoy loads such a chain; peers refuse it.',
    fix: 'have the certificate issued for permitted names, or by a CA without that constraint',
  },
  CS2028: {
    title: 'serial number too long',
    severity: 'error',
    explanation:
      'A serial number has at most 20 octets (RFC 5280 §4.1.2.2). Peers may refuse a longer one, and revocation lists fail to name it.',
    fix: 'have the certificate issued again',
  },
} as const satisfies Record<string, CatalogueEntry>;
