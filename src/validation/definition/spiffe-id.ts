const TRUST_DOMAIN = /^[a-z0-9._-]{1,255}$/;
const SEGMENT = /^[A-Za-z0-9._-]+$/;
const SCHEME = 'spiffe://';
const MAX_BYTES = 2048;

/** SPIFFE-ID §2.1. */
export function isTrustDomain(text: string): boolean {
  return TRUST_DOMAIN.test(text);
}

/** SPIFFE-ID §2: of a workload, and so with a path, of which no segment is empty, `.` or `..`. */
export function isSpiffeId(text: string): boolean {
  if (!text.startsWith(SCHEME) || text.length > MAX_BYTES) return false;
  const [domain = '', ...segments] = text.slice(SCHEME.length).split('/');
  return (
    isTrustDomain(domain) &&
    segments.length > 0 &&
    segments.every((segment) => SEGMENT.test(segment) && segment !== '.' && segment !== '..')
  );
}
