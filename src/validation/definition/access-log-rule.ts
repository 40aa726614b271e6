import { diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import { standardStream } from '../../resolution/standard-stream';
import type { DefinitionFinding, DefinitionRule } from '../rule';
import { commandProblem } from './command-operators';

const FILE_FIX = 'log to /dev/stdout, or make sure that every Envoy of the node group may write there';

/** CS5053: Envoy takes the format of the access log, and can write it. Without a wrong format, the log is written in the standard one. */
export const accessLogRule: DefinitionRule = (definition) => {
  if (definition.kind !== 'Module' || definition.spec.config === undefined) return [];
  const { envoy_log_format: format, envoy_log_type: type, envoy_log_path: path } = definition.spec.config;
  const subject = subjectOf(definition);
  const at = (below: Path) => definition.at(['spec', 'config', ...below]);
  const wrong = (below: Path, message: string): DefinitionFinding => ({
    ...diagnostic('CS5053', { message, subject, location: at(['envoy_log_format', ...below]) }),
    without: ['config', 'envoy_log_format'],
  });
  const shape = typeof format === 'string' ? 'text' : 'json';
  if (format !== undefined && type !== undefined && (type === 'text') !== (shape === 'text')) {
    const words = shape === 'text' ? 'one text' : 'a mapping of fields';
    return [wrong([], `envoy_log_type is ${type}, but the format is ${words}`)];
  }
  const texts: readonly (readonly [Path, string])[] =
    typeof format === 'string' ? [[[], format]] : Object.entries(format ?? {}).map(([name, text]) => [[name], text]);
  const findings = texts.flatMap(([below, text]) => {
    const problem = commandProblem(text);
    return problem === undefined ? [] : [wrong(below, `the format of the access log: ${problem}`)];
  });
  if (path === undefined || path === '/dev/null' || standardStream(path) !== undefined) return findings;
  const message = `the access log goes to ${path} on the machine of each Envoy`;
  return [
    ...findings,
    diagnostic('CS5053', { severity: 'warning', message, fix: FILE_FIX, subject, location: at(['envoy_log_path']) }),
  ];
};
