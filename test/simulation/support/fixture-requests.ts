import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { SimulatedRequest } from '../../../src/simulation';
import type { FixtureCase } from '../../support/fixture-case';
import { pkiFile } from './echo';

/** One entry of a fixture’s `requests.yaml`; see `fixtures/README.md`. */
export interface FixtureRequest {
  readonly request: SimulatedRequest;
  /** What the summary of the simulation must contain; a list where weights divide the requests. */
  readonly expect: object;
}

interface Written {
  /** The node group; default `default`. */
  readonly group?: string;
  /** `tls.certificate` is the name of a file of `fixtures/pki`, without `.crt`. */
  readonly request: SimulatedRequest;
  readonly expect: object;
}

/** What a fixture says of requests to one of its node groups. */
export function requestsOf({ directory }: FixtureCase, group: string): readonly FixtureRequest[] {
  const file = join(directory, 'requests.yaml');
  if (!existsSync(file)) return [];
  return (parse(readFileSync(file, 'utf8')) as readonly Written[])
    .filter((written) => (written.group ?? 'default') === group)
    .map(({ request, expect }) => ({ request: withCertificate(request), expect }));
}

function withCertificate(request: SimulatedRequest): SimulatedRequest {
  const { tls } = request;
  if (tls?.certificate === undefined) return request;
  return { ...request, tls: { ...tls, certificate: pkiFile(`${tls.certificate}.crt`) } };
}
