import type { Certificate } from '../../certificates';
import { type Item, certificatesOf, isWithin, type Life, lifeOf, nameOf, type Threshold } from '../../inventory';
import type { Origin } from '../../ir/origin';
import type { Wire } from './on-wire';

/** One item as `certs --format json` prints it. Public, plain data. */
export function itemDocument(item: Item, at: Date, threshold?: Threshold, wire?: readonly Wire[]) {
  const life = lifeOf(item, at);
  return {
    name: item.name,
    kind: item.kind,
    ...lifeDocument(life),
    ...(threshold !== undefined && { withinThreshold: isWithin(life, threshold) }),
    ...(wire !== undefined && { wire }),
    definedAt: item.origins.map(placeOf),
    uses: item.uses.map(({ direction, role, resource, origins }) => ({
      direction,
      role,
      resource,
      by: origins.map((origin) => ({ definition: nameOf(origin), at: placeOf(origin) })),
    })),
    ...(item.kind === 'crl'
      ? {
          lists: item.revocation.lists.map(({ thisUpdate, nextUpdate, revoked }) => ({
            thisUpdate: thisUpdate.toISOString(),
            ...(nextUpdate && { nextUpdate: nextUpdate.toISOString() }),
            revoked: revoked.size,
          })),
        }
      : { certificates: certificatesOf(item).map(certificateDocument) }),
  };
}

function lifeDocument({ notBefore, notAfter, daysLeft, used }: Life) {
  return {
    notBefore: notBefore.toISOString(),
    ...(notAfter && { notAfter: notAfter.toISOString() }),
    ...(daysLeft !== undefined && { daysLeft: Math.floor(daysLeft) }),
    ...(used !== undefined && { lifeUsedPercent: Math.floor(used) }),
  };
}

function certificateDocument(certificate: Certificate) {
  const { subject, issuer, serial, fingerprint, notBefore, notAfter, isCa, publicKey, signatureAlgorithm } =
    certificate;
  return {
    subject,
    issuer,
    serial,
    fingerprint,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    subjectAltNames: namesIn(certificate),
    isCa,
    publicKey,
    signatureAlgorithm,
  };
}

/** As `dns:edge.example` or `uri:spiffe://…`. */
export function namesIn({ subjectAltNames }: Certificate): readonly string[] {
  return subjectAltNames.map(({ type, value }) => `${type}:${value}`);
}

/** `file:line:column` */
export function placeOf({ location }: Origin): string {
  return `${location.file}:${location.line}:${location.column}`;
}
