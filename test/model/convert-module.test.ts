import { ambassador, decodeOne, definitionOf, findings } from './support/decode-text';

const moduleOf = (config: string, version?: string) =>
  ambassador('Module', `  config: ${config}\n`, version).replace('name: it', 'name: ambassador');

describe('a Module of any version', () => {
  test.each([
    ['{keepalive: {time: 2, interval: 3}}', { keepalive: { idle_time: 2, interval: 3 } }],
    ['{keepalive: {idle_time: 2}}', { keepalive: { idle_time: 2 } }],
    [
      '{cors: {origins: ["http://a"], methods: "GET, POST", max_age: "1"}}',
      { cors: { origins: ['http://a'], methods: ['GET', 'POST'], max_age: '1' } },
    ],
    ['{lua_scripts: []}', {}],
    ['{grpc_stats: null, cors: null, lua_scripts: null}', {}],
    ['{lua_scripts: "function envoy_on_request(r) end"}', { lua_scripts: 'function envoy_on_request(r) end' }],
  ])('%s', (config, expected) => {
    for (const version of ['v3alpha1', 'v2', 'v1'])
      expect(definitionOf(moduleOf(config, version)).spec).toEqual({ config: expected });
  });

  test.each([
    [
      '{keepalive: {time: soon}}',
      '5:29 error CS1023 spec.config.keepalive.time must be a whole number, not the text "soon"',
    ],
    ['{keepalive: {time: 1, idle_time: 2}}', '5:23 error CS1020 spec.config.keepalive.time is not a field of Module'],
    [
      '{cors: {origins: "http://a"}}',
      '5:20 error CS1023 spec.config.cors.origins must be a list, not the text "http://a"',
    ],
    ['{cors: all}', '5:18 error CS1023 spec.config.cors must be a mapping, not the text "all"'],
    ['{ip_allow: null}', '5:21 error CS1023 spec.config.ip_allow must be a list, not nothing'],
    ['{lua_scripts: [a]}', '5:25 error CS1023 spec.config.lua_scripts must be text, not a list'],
  ])('%s: %s', (config, expected) => {
    expect(findings(decodeOne(moduleOf(config)))[0]).toMatch(expected.replace(/^\d+:\d+ /, ''));
    expect(findings(decodeOne(moduleOf(config)))).toHaveLength(1);
  });
});
