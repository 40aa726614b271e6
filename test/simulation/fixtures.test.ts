import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { simulate } from '../../src/simulation';
import { fixtureCases } from '../support/fixture-case';
import { compiled, FIXTURES_AT } from './support/fixture-irs';
import { requestsOf } from './support/fixture-requests';
import { summary } from './support/summary';

// What the definitions of a fixture mean: each `requests.yaml` says what comes of which request.

const cases = fixtureCases().filter(({ directory }) => existsSync(join(directory, 'requests.yaml')));

test.each(cases.map((fixture) => [fixture.name, fixture] as const))('%s', async (_name, fixture) => {
  for (const [group, { ir }] of await compiled(fixture)) {
    for (const { request, expect: expected } of requestsOf(fixture, group)) {
      const { certificate: _pem, ...tls } = request.tls ?? {};
      const asked = { ...request, ...(request.tls !== undefined && { tls }) };
      expect({ asked, found: summary(simulate(ir, request, FIXTURES_AT)) }).toMatchObject({ asked, found: expected });
    }
  }
});
