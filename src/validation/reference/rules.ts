import type { ReferenceRule } from '../rule';
import { attachmentRule } from './attachment-rule';
import { certificateUseRule } from './certificate-use-rule';
import { clusterRule } from './cluster-rule';
import { clientCertificateRule } from './client-certificate-rule';
import { consulContextRule, consulServiceRule } from './consul-rule';
import { directionRule } from './direction-rule';
import { forwardedCertificateRule } from './forwarded-certificate-rule';
import { groupRule } from './group-rule';
import { hostConflictRule } from './host-conflict-rule';
import { istioUpstreamRule } from './istio-upstream-rule';
import { listenerRule } from './listener-rule';
import { pluginServiceRule } from './plugin-service-rule';
import { quicRule } from './quic-rule';
import { revocationRule } from './revocation-rule';
import { moduleConflictRule } from './module-conflict-rule';
import { regexSizeRule } from './regex-size-rule';
import { secretReferenceRule } from './secret-reference-rule';
import { serviceReferenceRule } from './service-reference-rule';
import { tcpMappingRule } from './tcp-mapping-rule';
import { tlsContextRule } from './tls-context-rule';
import { tlsVersionRule } from './tls-version-rule';
import { upstreamVerificationRule } from './upstream-verification-rule';
import { weightRule } from './weight-rule';
import { workloadIdentityRule } from './workload-identity-rule';

/**
 * Every rule across definitions. The order matters: what one rule takes out of service, a later one sees, from Secrets over
 * TLSContexts to the Hosts and Mappings that use them, and from Mappings to their groups.
 */
export const referenceRules: readonly ReferenceRule[] = Object.freeze([
  moduleConflictRule,
  consulContextRule,
  consulServiceRule,
  secretReferenceRule,
  revocationRule,
  tlsVersionRule,
  upstreamVerificationRule,
  tlsContextRule,
  workloadIdentityRule,
  clientCertificateRule,
  certificateUseRule,
  directionRule,
  forwardedCertificateRule,
  hostConflictRule,
  listenerRule,
  quicRule,
  tcpMappingRule,
  regexSizeRule,
  serviceReferenceRule,
  istioUpstreamRule,
  pluginServiceRule,
  clusterRule,
  groupRule,
  weightRule,
  attachmentRule,
]);
