export { readAccessPolicy, type ReadAccessPolicy } from './access-document';
export { AccessPolicy, type AccessRule, type Groups } from './access-policy';
export { describeIdentity, type PeerIdentity, readPeerIdentity } from './peer-identity';
