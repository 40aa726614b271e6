import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import type { Definition } from '../model/definition';
import type { Path } from '../model/document';
import type { Specs } from '../model/kinds';

export type Backend = NonNullable<Specs['Ingress']['defaultBackend']>;

/** Finds a Service of the namespace of an Ingress. */
export type ServiceNamed = (name: string) => Definition<'Service'> | undefined;

/** A Mapping's `service`, or why there is none; `path` is where in the Ingress that stands. */
export type ResolvedBackend =
  | { readonly service: string; readonly path: Path }
  | { readonly problem: Diagnostic; readonly path: Path };

/**
 * `<service>.<namespace>:<port>`. A port by name is looked up in the Service; a port by number needs no Service to be known.
 */
export function resolveBackend(
  ingress: Definition<'Ingress'>,
  backend: Backend,
  at: Path,
  serviceNamed: ServiceNamed,
): ResolvedBackend {
  const { service } = backend;
  const refused = (path: Path, code: 'CS3009' | 'CS1022' | 'CS1021', message: string): ResolvedBackend => ({
    path,
    problem: diagnostic(code, { message, location: ingress.at(path) }),
  });
  if (service === undefined) {
    if (backend.resource !== undefined)
      return refused([...at, 'resource'], 'CS1021', 'a backend that is a resource is not supported: it has no address');
    return refused(at, 'CS1022', 'backend.service is missing');
  }
  const path = [...at, 'service'];
  const { name, port } = service;
  const host = `${name}.${ingress.metadata.namespace}`;
  if (port?.number !== undefined) return { service: `${host}:${port.number}`, path };
  if (port?.name === undefined) return refused(path, 'CS1022', 'backend.service.port is missing');
  const known = serviceNamed(name);
  const number = known?.spec.ports?.find((candidate) => candidate.name === port.name)?.port;
  if (number !== undefined) return { service: `${host}:${number}`, path };
  const missing = known === undefined ? `Service ${host} is not found` : `Service ${host} has no port of that name`;
  return refused([...path, 'port', 'name'], 'CS3009', `port "${port.name}" cannot be looked up: ${missing}`);
}
