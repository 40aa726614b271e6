import type { Path } from '../document';
import { KIND_MODELS, type Kind, type Specs } from '../kinds';
import type { Converted } from './convert-v2';
import { type Fields, MAX_PROBLEMS, type Problem, isError, isFields } from './problem';
import { withoutPaths } from './without';

/**
 * The spec without the fields that are wrong. Absent if one of them decides which requests the definition takes, or if
 * its kind takes none: there is no harm in leaving a broken TLSContext out, as nothing falls through to another one.
 */
export function usableSpec(kind: Kind, { spec }: Converted, problems: readonly Problem[]): Specs[Kind] | undefined {
  if (!isFields(spec)) return undefined;
  const whole: object = spec;
  if (problems.length === 0) return whole;
  const { deciding, placeholders, dispensable } = KIND_MODELS[kind];
  const errors = problems.filter(isError);
  if (errors.length > 0 && dispensable !== undefined) return guardingSpec(kind, spec, problems);
  if (errors.length > 0 && (deciding === undefined || problems.length > MAX_PROBLEMS)) return undefined;
  const inSpec = errors.filter(({ path }) => path[0] === 'spec');
  const hostname = kind === 'Host' ? meantHostname(spec, inSpec) : undefined;
  const undecided = inSpec.filter(({ path }) => path[1] !== hostname?.key);
  if (deciding !== undefined && undecided.some(({ path, meant }) => decides(deciding, path, meant))) return undefined;
  const dropped = problems.map((problem) => (isError(problem) ? problem.path.slice(1, 2) : problem.path.slice(1)));
  const rest = withoutPaths(spec, dropped);
  // The schema has just vouched for everything that is left; TypeScript can't see through ajv.
  const filled: object = errors.length > 0 ? { ...placeholders, ...rest } : rest;
  return hostname === undefined ? filled : { ...filled, hostname: hostname.value };
}

/** A Host's name under a misspelt key: whose requests it takes is known, and they must not fall through to a wildcard. */
function meantHostname(spec: Fields, problems: readonly Problem[]): { key: string; value: string } | undefined {
  if (spec['hostname'] !== undefined) return undefined;
  const key = problems.find(({ path, meant }) => path.length === 2 && meant === 'hostname')?.path[1];
  const value = typeof key === 'string' ? spec[key] : undefined;
  return typeof key === 'string' && typeof value === 'string' ? { key, value } : undefined;
}

/** The spec of a kind with dispensable fields: without what is wrong, or, where that guards something, only the node groups. */
function guardingSpec(kind: Kind, spec: Fields, problems: readonly Problem[]): Specs[Kind] | undefined {
  const ambassadorIds: Path = ['spec', 'ambassador_id'];
  const concerns = (path: Path) => ambassadorIds.every((part, index) => path[index] === part);
  if (problems.length > MAX_PROBLEMS || problems.some((problem) => isError(problem) && concerns(problem.path)))
    return undefined;
  const { ambassador_id } = spec;
  const rest: object = isContained(kind, problems)
    ? withoutPaths(
        spec,
        problems.map(({ path }) => path.slice(1)),
      )
    : { ...(ambassador_id !== undefined && { ambassador_id }) };
  return rest;
}

/** Whether every error is about something that may be left out. */
export function isContained(kind: Kind, problems: readonly Problem[]): boolean {
  const dispensable = KIND_MODELS[kind].dispensable ?? [];
  return (
    problems.length <= MAX_PROBLEMS &&
    problems.filter(isError).every(({ path }) => dispensable.some((field) => isWithin(field, path.slice(1))))
  );
}

function isWithin(field: string, path: Path): boolean {
  return field.split('.').every((part, index) => path[index] === part);
}

function decides(deciding: readonly string[], path: Path, meant: string | undefined): boolean {
  const field = path[1];
  return (
    typeof field !== 'string' ||
    deciding.includes(field) ||
    (path.length === 2 && meant !== undefined && deciding.includes(meant))
  );
}
