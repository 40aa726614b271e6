export type { ClientTls, ProxyHeader, SimulatedRequest } from './request';
export { simulate } from './simulate';
export type { Forwarded, Outcome, Proxied, Redirected, Responded, Simulation } from './simulation';
export { matchesAnySubjectAltName } from './subject-alt-name';
