import type { Diagnostic } from '../../src/diagnostics/diagnostic';
import { Definitions } from '../../src/model/definitions';
import { DEFAULT_POLICY } from '../../src/resolution/policy';
import { type Acceptance, accept } from '../../src/validation/accept';
import { validate } from '../../src/validation/validate';
import { decoded, text } from '../support/decoded';

const AT = new Date('2026-06-15T12:00:00Z');
const AUTH = { auth_service: 'auth:3000', proto: 'grpc', protocol_version: 'v3' };
const moduleWith = (config: object) => text('Module', { config }, { name: 'ambassador' });

function accepted(texts: readonly string[], before: Acceptance['lastGood'] = new Map()): Acceptance {
  return accept(decoded(...texts), before, AT);
}

const consequences = (diagnostics: readonly Diagnostic[]) => diagnostics.map(({ consequence }) => consequence);
const EVERYTHING = 'every HTTP request of its node groups is answered with 503';
const GUARDED = (groups: string) =>
  `every request of ${groups} that is forwarded is answered with 503, unless its Mapping says bypass_auth: true`;
const LABELLED = (groups: string) => `every request of ${groups} that carries labels is answered with 503`;

test.each<[string, string, string | undefined]>([
  ['a Module with a setting that guards', moduleWith({ ip_alow: [] }), EVERYTHING],
  [
    'a Module with a setting that may be missed',
    moduleWith({ gzip: { window: 1 } }),
    'everything is served without these settings of the Module',
  ],
  ['an AuthService', text('AuthService', { ...AUTH, timeout_ms: 'x' }), GUARDED('its node groups')],
  [
    'a misspelt AuthService',
    text('AuthService', AUTH).replace('"AuthService"', '"AuthServce"').replace(': AuthService', ': AuthServce'),
    GUARDED('its node groups'),
  ],
  [
    'an AuthService whose node groups are not known',
    text('AuthService', { ...AUTH, ambassador_id: 1 }),
    GUARDED('every node group'),
  ],
  [
    'a RateLimitService that denies',
    text('RateLimitService', { service: 'rls:80', protocol_version: 'v3', failure_mode_deny: true, timeout_ms: 'x' }),
    LABELLED('its node groups'),
  ],
  [
    'a RateLimitService that lets pass',
    text('RateLimitService', { service: 'rls:80', protocol_version: 'v3', timeout_ms: 'x' }),
    undefined,
  ],
  ['a Mapping', text('Mapping', { hostname: '*', prefix: '/', service: 'a', timeout_ms: 'x' }), undefined],
])('%s says what it closes', (_what, written, consequence) => {
  const { diagnostics } = accepted([written]);
  expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
  expect(new Set(consequences(diagnostics))).toEqual(new Set([consequence]));
});

test('where a last good version serves, that is what is said', () => {
  const first = accepted([moduleWith({ ip_allow: [{ peer: '10.0.0.0/8' }] })]);
  expect(first.diagnostics).toEqual([]);
  const { diagnostics } = accepted([moduleWith({ ip_alow: [] })], first.lastGood);
  expect(consequences(diagnostics)).toEqual(['the last good version keeps serving (since 2026-06-15 12:00:00Z)']);
});

test('it goes on saying since when, until it is mended', () => {
  const later = new Date(AT.getTime() + 3_600_000);
  const states = [{ ip_allow: [{ peer: '10.0.0.0/8' }] }, { ip_alow: [] }, { ip_alow: [] }, {}, { ip_alow: [] }];
  const said: unknown[] = [];
  let before: Acceptance | undefined;
  for (const [index, state] of states.entries()) {
    const at = index < 2 ? AT : later;
    before = accept(decoded(moduleWith(state)), before?.lastGood ?? new Map(), at, before?.keptSince);
    said.push(...consequences(before.diagnostics));
  }
  const serving = (since: string) => `the last good version keeps serving (since 2026-06-15 ${since})`;
  expect(said).toEqual([serving('12:00:00Z'), serving('12:00:00Z'), serving('13:00:00Z')]);
});

test('a second AuthService closes what both guard; a second Module closes nothing', () => {
  const written = ['a', 'b'].flatMap((namespace) => [
    text('AuthService', AUTH, { name: 'auth', namespace }),
    text('Module', { config: {} }, { name: 'ambassador', namespace }),
  ]);
  const { definitions, quarantine } = accepted(written);
  const findings = validate(Definitions.from(definitions), quarantine, DEFAULT_POLICY, AT);
  const about = (code: string) => consequences(findings.filter((finding) => finding.code === code));
  expect(about('CS5055')).toEqual([GUARDED('its node groups')]);
  expect(about('CS5050')).toEqual([undefined]);
});
