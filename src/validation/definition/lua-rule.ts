import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import { LuaSyntaxError } from '../lua/lexer';
import { type LuaScript, parseLua } from '../lua/parser';
import type { DefinitionRule } from '../rule';

/** What Envoy looks for in a script (Envoy, "Lua"). */
const ENTRY_POINTS = ['envoy_on_request', 'envoy_on_response'] as const;

/**
 * CS5052, CS5054: the script of a Module is Lua, ends when it is loaded, and defines what Envoy calls. Envoy refuses a Listener whose
 * script fails when it is loaded, and says nothing of one that defines nothing.
 */
export const luaRule: DefinitionRule = (definition) => {
  const script = definition.kind === 'Module' ? definition.spec.config?.lua_scripts : undefined;
  if (definition.kind !== 'Module' || script === undefined) return [];
  const read = readScript(script);
  if (read instanceof LuaSyntaxError)
    return [report('CS5052', `line ${read.line} of the script: ${read.message}`, definition)];
  if (read.loopAt !== undefined)
    return [report('CS5052', `line ${read.loopAt} of the script loops while it is loaded`, definition)];
  if (!ENTRY_POINTS.some((name) => read.defines.has(name)))
    return [report('CS5052', `the script defines neither ${ENTRY_POINTS.join(' nor ')}`, definition)];
  return read.actsAt === undefined
    ? []
    : [report('CS5054', `line ${read.actsAt} of the script runs when it is loaded, and may fail`, definition)];
};

function readScript(script: string): LuaScript | LuaSyntaxError {
  try {
    return parseLua(script);
  } catch (error) {
    if (error instanceof LuaSyntaxError) return error;
    throw error;
  }
}

function report(code: 'CS5052' | 'CS5054', message: string, module: Definition<'Module'>): Diagnostic {
  const location = module.at(['spec', 'config', 'lua_scripts']);
  return diagnostic(code, { message, subject: subjectOf(module), location });
}
