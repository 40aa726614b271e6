export type { Certificate, PublicKeyKind, SubjectAltName } from './certificate';
export type { Finding, Judgement } from './finding';
export { type KeyPair, keyPairOf, readKeyPair } from './key-pair';
export { judgePeer, type PeerVerdict } from './peer-chain';
export { PrivateKey } from './private-key';
export { judgeRevocation, readRevocation, type Revocation, revocationOf } from './revocation';
export { type CaRole, ownCaKey, type SecretValues } from './secret-values';
export { type CertificateSummary, summarise } from './summary';
export { readTrustBundle, type TrustBundle, trustBundleOf } from './trust-bundle';
