/** What a path of an Ingress is as fields of a Mapping, and what is wrong with it. */
export interface PathMatch {
  readonly match: { readonly prefix: string; readonly [field: string]: unknown };
  readonly problem?: { readonly field: 'path' | 'pathType'; readonly message: string };
}

/**
 * Kubernetes, "Ingress: path types". `Exact` goes before every prefix. A `Prefix` is compared element by element, its last `/`
 * does not count, and `/` alone is every path. Where the type is none of the three, `Prefix` takes the requests out of service.
 */
export function pathMatch(path = '/', pathType = 'ImplementationSpecific'): PathMatch {
  const problem = pathProblem(path, pathType);
  const found = problem !== undefined && { problem };
  if (pathType === 'Exact') return { match: { prefix: path, prefix_exact: true, precedence: 1 }, ...found };
  if (pathType === 'ImplementationSpecific') return { match: { prefix: path }, ...found };
  const elements = path.replace(/\/+$/, '');
  if (elements === '') return { match: { prefix: '/' }, ...found };
  return { match: { prefix: elements, path_separated: true }, ...found };
}

function pathProblem(path: string, pathType: string): PathMatch['problem'] {
  if (!['Exact', 'Prefix', 'ImplementationSpecific'].includes(pathType))
    return {
      field: 'pathType',
      message: `pathType must be Exact, Prefix or ImplementationSpecific, not "${pathType}"`,
    };
  if (!path.startsWith('/')) return { field: 'path', message: `path must begin with /, unlike "${path}"` };
  return undefined;
}
