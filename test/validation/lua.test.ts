import { LuaSyntaxError } from '../../src/validation/lua/lexer';
import { parseLua } from '../../src/validation/lua/parser';
import { validate } from '../support/envoy';

// Scripts as Countersign and as the real Envoy judge them. Envoy also runs them once, so those that are accepted must do nothing wrong.

const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');
const nested = (depth: number) => `${'('.repeat(depth)}1${')'.repeat(depth)}`;

const ACCEPTED = [
  'function envoy_on_request(handle) end',
  'function envoy_on_request(handle)\n  handle:headers():add("x-a", "b")\nend\nfunction envoy_on_response(h) h:logInfo [[x]] end',
  'envoy_on_request = function(...) local a, b = ...; return a, b end',
  '-- a comment\n--[[ a long\none ]] --[==[ ]] ]==]\nlocal a = 1',
  'local t = { 1, 2; x = 3, ["y"] = 4, function() end, {}, }',
  "local s = \"\\n\\065\\x41\\u{41}\\z\n  x\" .. '\\'' .. [==[ ]] ]==]",
  'x = 0x1p4 + 0xA.8 + .5 + 3. + 1e-3 + 2E+2',
  'x = 1LL y = 2ull z = 0x1FULL',
  'local function f(n) if n == 0 then return 1 elseif n < 0 then return else return n * f(n - 1) end end',
  'local function f() for i = 1, 2 do if i then break end end for k, v in pairs({}) do end while true do break end end',
  'local function f() for i = 1, 3 do if i == 2 then goto continue end; local x = i ::continue:: end end',
  'local function f() ::top:: do goto top end end',
  'local function f() goto done; local x = 1 ::done:: ::again:: end',
  'local function f() repeat local x = 1 until x == 1 end',
  'local t = {} function t.a() end function t.a_b() end function t:m() return self end',
  'local a = not nil == true and #"x" * 2 ^ -3 .. "y" or -1 ~= 2',
  'local function f() do return end end',
  'local goto_ = 1;; ; local _ENV = 2',
  'local function f() while true do break x = 1 end x = f\n(1) end',
  'local a = (function() return 1 end)()',
  'local f = string.format; local x = f"x"; x = ("x"):rep(3)',
  'return',
  'return 1, 2;',
  '#!/usr/bin/lua\nlocal a = 1',
  many(200, (index) => `local a${index} = 1`),
  `x = ${nested(80)}`,
  'local \u00fc = 1',
  '',
];

/** Envoy refuses these as well. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['function envoy_on_request(handle', ') expected near the end of the script'],
  ['function envoy_on_request(handle) if x then end', 'end expected near'],
  ['x = 1 // 2', 'unexpected /'],
  ['x = 1 & 2', 'unexpected character "&"'],
  ['x = 1 != 2', 'unexpected character "!"'],
  ['x += 1', '= expected near +'],
  ['x', '= expected near'],
  ['x.y', '= expected near'],
  ['f() = 1', 'unexpected ='],
  ['(x) = 1', 'unexpected ='],
  ['local s = "\\q"', 'invalid escape'],
  ['local s = "\\256"', 'invalid escape'],
  ['local s = "\\xZ1"', 'invalid escape'],
  ['local s = "\\u{110000}"', 'invalid escape'],
  ['local s = "a\nb"', 'unfinished string'],
  ['local s = "a', 'unfinished string'],
  ['local s = [[a', 'unfinished long string'],
  ['--[[ a', 'unfinished long comment'],
  ['break', 'break outside of a loop'],
  ['while true do local function f() break end end', 'break outside of a loop'],
  ['return 1 x = 2', 'unexpected x'],
  ['goto nowhere', 'undefined label nowhere'],
  ['do ::a:: end goto a', 'undefined label a'],
  ['::a:: ::a::', 'duplicate label a'],
  ['goto a; local x = 1; ::a:: x = 2', 'jumps over a local variable'],
  ['local function f() goto a end ::a::', 'undefined label a'],
  ['for i = 1 do end', 'unexpected do'],
  ['for i, j = 1, 2 do end', 'in expected near ='],
  ['for a.b in x do end', 'in expected near .'],
  ['local a <const> = 1', 'unexpected <'],
  ['local function a.b() end', '( expected near .'],
  ['local function f() return ... end', 'outside of a vararg function'],
  ['function f(a, ..., b) end', ') expected near ,'],
  ['x = 1x', 'malformed number 1x'],
  ['x = 0x', 'malformed number 0x'],
  ['x = 1..2', 'malformed number 1..2'],
  ['x = 1e', 'malformed number 1e'],
  ['local goto = 1', 'unexpected goto'],
  ['goto = 1', 'unexpected ='],
  ['local t = { goto = 1 }', 'unexpected goto'],
  ['x = function end', '( expected near end'],
  ['x = {1 2}', '} expected near 2'],
  ['end', 'unexpected end'],
  ['until x', 'unexpected until'],
  ['and = 1', 'unexpected and'],
  [many(201, (index) => `local a${index} = 1`), 'more than 200 local variables'],
  [
    `${many(61, (index) => `local a${index}`)}\nfunction f()\n${many(61, (index) => `a${index} = 1`)}\nend`,
    'more than 60 variables',
  ],
  [`x = ${nested(250)}`, 'nested too deeply'],
  [`x = 1${' .. 1'.repeat(300)}`, 'nested too deeply'],
];

function problemOf(script: string): string | undefined {
  try {
    parseLua(script);
    return undefined;
  } catch (error) {
    if (error instanceof LuaSyntaxError) return error.message;
    throw error;
  }
}

/** Whether the real Envoy takes a Listener with the script, and what it says. */
async function envoyTakes(script: string): Promise<boolean> {
  const type = (name: string) => ({ '@type': `type.googleapis.com/envoy.extensions.filters.${name}` });
  const typed_config = {
    ...type('network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'x',
    route_config: { virtual_hosts: [] },
    http_filters: [
      {
        name: 'lua',
        typed_config: { ...type('http.lua.v3.Lua'), default_source_code: { inline_string: script } },
      },
      { name: 'router', typed_config: type('http.router.v3.Router') },
    ],
  };
  const listener = {
    name: 'l',
    address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
    filter_chains: [{ filters: [{ name: 'http', typed_config }] }],
  };
  return (await validate({ static_resources: { listeners: [listener] } })).ok;
}

test.each(ACCEPTED.map((script) => [script.slice(0, 60), script] as const))('is Lua: %j', async (_, script) => {
  expect(problemOf(script)).toBeUndefined();
  // An empty script is none to Envoy’s API, and the schema wants one.
  if (script !== '') expect(await envoyTakes(script)).toBe(true);
});

const refused = REFUSED.map(([script, problem]) => [problem, script.slice(0, 60), script] as const);
test.each(refused)('is no Lua (%s): %j', async (problem, _, script) => {
  expect(problemOf(script)).toContain(problem);
  expect(await envoyTakes(script)).toBe(false);
});

test.each([
  ['function a() end local function b() end c = 1 local d = 2 d = 3 function e.f() end', ['a', 'c']],
  ['do function a() end end if true then b = 1 end', ['a', 'b']],
  ['function a() b = 1 function c() end end', ['a']],
  ['local a function a() end', []],
])('%s defines %j', (script, names) => expect([...parseLua(script).defines]).toEqual(names));

test.each([
  ['function f() while true do g() end end', {}],
  ['local t = { a = 1, b = function() return 1 + 1 end }', {}],
  ['local a = 1\nlocal json = require("json")', { actsAt: 2 }],
  ['local a = b.c', { actsAt: 1 }],
  ['local a = 1 + 1', { actsAt: 1 }],
  ['\nwhile true do end', { loopAt: 2 }],
  ['for i = 1, 2 do end', { loopAt: 1 }],
  ['::a:: goto a', { loopAt: 1 }],
])('while it is loaded, %s runs: %j', (script, expected) => {
  const { loopAt, actsAt } = parseLua(script);
  expect({ ...(loopAt !== undefined && { loopAt }), ...(actsAt !== undefined && { actsAt }) }).toEqual(expected);
});
