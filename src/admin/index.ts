export { type CertificateExpiry, type CompilationMetrics, Metrics } from './metrics';
export { AdminServer, adminApp } from './server';
export type { StatusProvider } from './status-provider';
export { refusalDiagnostics } from './refusals';
