import type { ErrorObject } from 'ajv';
import type { Path } from '../document';
import { KIND_MODELS, type Kind } from '../kinds';
import type { Unsupported } from '../kinds/kind-model';
import { alternatives, describe, describeType, quote } from './describe';
import { type Fields, MAX_PROBLEMS, type Problem, isFields } from './problem';
import { suggest } from './suggest';
import { isLabel, typeHint } from './type-hint';
import { validatorFor } from './validator';

/** What one kind's schema finds wrong in a value. */
interface Scope {
  readonly kind: Kind;
  /** Where the value sits in the document. */
  readonly base: Path;
  /** A path of the v3alpha1 form as the user wrote it. */
  readonly show: (path: Path) => string;
}

/** Holds a value against its kind's schema; stops just beyond MAX_PROBLEMS. Nothing of a Secret's values is repeated in the messages. */
export function fieldProblems(value: unknown, scope: Scope): Problem[] {
  const errors = validatorFor(scope.kind)(value);
  if (errors.length === 0) return [];
  const hiddenBranches = [...new Set(errors.filter(isChoice).map((error) => `${error.schemaPath}/`))];
  const problems: Problem[] = [];
  const bareGroups = new Set<string>();
  for (const error of errors) {
    if (problems.length > MAX_PROBLEMS) break;
    if (hiddenBranches.some((branch) => error.schemaPath.startsWith(branch))) continue;
    if (error.propertyName !== undefined && error.keyword !== 'propertyNames') continue;
    const label = bareLabel(error, value);
    if (label !== undefined && (isChoice(error) || bareGroups.has(label))) continue;
    if (label !== undefined) bareGroups.add(label);
    if (isChoice(error)) problems.push(...choiceProblems(error, errors, value, scope));
    else problems.push(problemOf(error, value, scope));
  }
  return problems;
}

/** The group of a label that is written as text, the way of v2: one finding says it of all of them. */
function bareLabel({ instancePath, data }: ErrorObject, value: unknown): string | undefined {
  if (typeof data !== 'string' || !instancePath.startsWith('/labels/')) return undefined;
  return isLabel(pathOf(instancePath, value)) ? instancePath.slice(0, instancePath.lastIndexOf('/')) : undefined;
}

const isChoice = (error: ErrorObject) => error.keyword === 'oneOf' || error.keyword === 'anyOf';

function choiceProblems(choice: ErrorObject, errors: readonly ErrorObject[], value: unknown, scope: Scope): Problem[] {
  const path = pathOf(choice.instancePath, value);
  const branches = branchesOf(choice);
  const wanted = branches.flatMap((branch) => (Array.isArray(branch['required']) ? branch['required'] : []));
  if (wanted.length === branches.length && branches.every((branch) => branch['type'] === undefined)) {
    const words = alternatives(wanted.map(String));
    const exactly = choice.keyword === 'oneOf' ? 'exactly one of ' : '';
    return [
      {
        code: 'CS1024',
        message: `${scope.show([...scope.base, ...path])} must have ${exactly}${words}`,
        fix: `give ${exactly}${words}`,
        path: [...scope.base, ...path],
        part: 'key',
      },
    ];
  }
  const prefix = `${choice.schemaPath}/`;
  const at = choice.instancePath;
  const inside = errors.filter(
    ({ schemaPath, instancePath }) =>
      schemaPath.startsWith(prefix) && (instancePath === at || instancePath.startsWith(`${at}/`)),
  );
  for (const index of branches.keys()) {
    const own = inside.filter((error) => error.schemaPath.startsWith(`${prefix}${index}/`));
    const rightType = !own.some((error) => error.keyword === 'type' && error.instancePath === choice.instancePath);
    if (rightType && own.length > 0) return own.map((error) => problemOf(error, value, scope));
  }
  const types = branches.map((branch) => describeType(String(branch['type'])));
  return [wrongType(choice, alternatives(types), path, scope)];
}

function branchesOf(choice: ErrorObject): readonly Fields[] {
  const branches: unknown = choice.schema;
  return Array.isArray(branches) ? branches.filter(isFields) : [];
}

function problemOf(error: ErrorObject, value: unknown, scope: Scope): Problem {
  const path = pathOf(error.instancePath, value);
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownField(error, path, scope);
    case 'required': {
      const missing = [...scope.base, ...path, String(error.params['missingProperty'])];
      const shown = scope.show(missing);
      return { code: 'CS1022', message: `${shown} is missing`, fix: `add ${shown}`, path: missing, part: 'value' };
    }
    case 'type':
      return wrongType(error, describeType(String(error.params['type'])), path, scope);
    case 'propertyNames': {
      const key = String(error.params['propertyName']);
      const expected = wordsOf(error.schema) ?? 'a valid key';
      return {
        code: 'CS1024',
        message: `${quote(key)} in ${scope.show([...scope.base, ...path])} is not ${expected}`,
        path: [...scope.base, ...path, key],
        part: 'key',
      };
    }
    default:
      return invalidValue(error, path, scope);
  }
}

/** Of `keepalive`, which Emissary reads by other names in the Module. */
const OTHER_WORDS: Readonly<Record<string, string>> = { time: 'idle_time' };

function unknownField(error: ErrorObject, path: Path, scope: Scope): Problem {
  const key = String(error.params['additionalProperty']);
  const full = [...scope.base, ...path, key];
  const model = KIND_MODELS[scope.kind];
  const known = unsupported(scope.kind, dotted([...path, key]));
  if (known !== undefined) return unsupportedProblem(scope.show(full), known, full, 'key');
  const reason = ignored(scope.kind, dotted([...path, key]));
  if (reason !== undefined) return ignoredProblem(scope.show(full), reason, full);
  const level = path.length === 0 ? '' : `${dotted(path)}.`;
  const siblings = Object.keys(model.unsupported).filter((name) => name.startsWith(level) && !name.includes('='));
  const properties = isFields(error.parentSchema?.['properties']) ? Object.keys(error.parentSchema['properties']) : [];
  const other = path.at(-1) === 'keepalive' ? OTHER_WORDS[key] : undefined;
  const meant = other ?? suggest(key, [...properties, ...siblings.map((name) => name.slice(level.length))]);
  return {
    code: 'CS1020',
    message: `${scope.show(full)} is not a field of ${scope.kind}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    ...(meant !== undefined && { fix: `write ${meant}`, meant }),
    path: full,
    part: 'key',
  };
}

function wrongType(error: ErrorObject, expected: string, path: Path, scope: Scope): Problem {
  const full = [...scope.base, ...path];
  const data: unknown = error.data;
  const hint = fixOf(error.parentSchema) ?? typeHint(expected, data, path, scope.kind === 'Secret');
  return {
    code: 'CS1023',
    message: `${scope.show(full)} must be ${expected}, not ${describe(data, scope.kind === 'Secret')}`,
    ...(hint !== undefined && { fix: hint }),
    path: full,
    part: 'value',
  };
}

function fixOf(schema: unknown): string | undefined {
  return isFields(schema) && typeof schema['x-fix'] === 'string' ? schema['x-fix'] : undefined;
}

function invalidValue(error: ErrorObject, path: Path, scope: Scope): Problem {
  const full = [...scope.base, ...path];
  const shown = scope.show(full);
  const hidden = scope.kind === 'Secret';
  const data: unknown = error.data;
  const problem = (message: string, fix?: string): Problem => ({
    code: 'CS1024',
    message,
    ...(fix !== undefined && { fix }),
    path: full,
    part: 'value',
  });
  if (error.keyword === 'enum') {
    const values: unknown = error.params['allowedValues'];
    const allowed = Array.isArray(values) ? values.map(String) : [];
    // A mapping has no text of its own, and may have a `toString` that somebody wrote.
    const written = isScalar(data) ? String(data) : undefined;
    const known = written === undefined ? undefined : unsupported(scope.kind, `${dotted(path)}=${written}`);
    if (known !== undefined) return unsupportedProblem(`${shown}: ${written}`, known, full, 'value');
    const meant = typeof data === 'string' ? suggestValue(data, allowed) : undefined;
    const guess = meant === undefined ? '' : `; did you mean ${meant}?`;
    return problem(
      `${shown} must be ${alternatives(allowed)}, not ${describe(data, hidden)}${guess}`,
      meant === undefined ? undefined : `write ${meant}`,
    );
  }
  const limit = String(error.params['limit']);
  if (error.keyword === 'minimum') return problem(`${shown} must be at least ${limit}, not ${describe(data, hidden)}`);
  if (error.keyword === 'maximum') return problem(`${shown} must be at most ${limit}, not ${describe(data, hidden)}`);
  if (error.keyword === 'minLength' || error.keyword === 'minItems')
    return problem(`${shown} must not be empty`, 'give a value, or remove the field');
  if (error.keyword === 'maxLength') return problem(`${shown} must have at most ${limit} characters`);
  const words = wordsOf(error.parentSchema) ?? 'valid';
  return problem(`${shown} must be ${words}, not ${describe(data, hidden)}`, fixOf(error.parentSchema));
}

/** Short values such as versions are all alike, so only their case may be wrong. */
function suggestValue(value: string, allowed: readonly string[]): string | undefined {
  if (value.length > 4) return suggest(value, allowed);
  return allowed.find((candidate) => candidate.toLowerCase() === value.toLowerCase());
}

function unsupportedProblem(shown: string, known: Unsupported, path: Path, part: 'key' | 'value'): Problem {
  return {
    code: 'CS1021',
    severity: known.severity,
    message: `${shown} is not supported yet: ${known.effect}`,
    ...(known.fix !== undefined && { fix: known.fix }),
    path,
    part,
  };
}

function ignoredProblem(shown: string, reason: string, path: Path): Problem {
  return { code: 'CS1028', message: `${shown} has no effect: ${reason}`, path, part: 'key' };
}

function ignored(kind: Kind, key: string): string | undefined {
  const known = KIND_MODELS[kind].ignored ?? {};
  return Object.hasOwn(known, key) ? known[key] : undefined;
}

function unsupported(kind: Kind, key: string): Unsupported | undefined {
  const known = KIND_MODELS[kind].unsupported;
  return Object.hasOwn(known, key) ? known[key] : undefined;
}

/** What a value must be: the beginning of the field’s description, before what it is for. */
function wordsOf(schema: unknown): string | undefined {
  if (!isFields(schema) || typeof schema['description'] !== 'string') return undefined;
  return /^.*?(?=: |\.$|\. |$)/s.exec(schema['description'])?.[0];
}

function dotted(path: Path): string {
  return path.map((part) => (typeof part === 'number' ? '*' : part)).join('.');
}

/** A JSON pointer (RFC 6901) as keys and indices of `value`. */
function pathOf(pointer: string, value: unknown): Path {
  if (pointer === '') return [];
  let current = value;
  return pointer
    .slice(1)
    .split('/')
    .map((escaped) => {
      const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
      if (Array.isArray(current)) {
        current = current[Number(key)];
        return Number(key);
      }
      current = isFields(current) ? current[key] : undefined;
      return key;
    });
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
