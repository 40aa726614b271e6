import type { Metadata } from '../definition';
import type { Path } from '../document';
import { holdsPrivateKey } from '../redaction';
import { describe, quote } from './describe';
import { type Fields, type Problem, isFields } from './problem';

/** RFC 1123 labels, joined by dots: what Kubernetes accepts as the name of most objects. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** Definitions in annotations are no objects of Kubernetes: `quote_mapping` is what Ambassador's old examples call one. */
const EMBEDDED_NAME = /^[a-z0-9]([-_.a-z0-9]*[a-z0-9])?$/i;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** kubectl keeps the whole object here, a Secret's values included. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export interface ReadMetadata {
  /** Name and namespace as far as they could be read; the name is empty where it could not. */
  readonly metadata: Metadata;
  readonly problems: readonly Problem[];
}

/** Reads `metadata` by Kubernetes' rules, which are laxer on names `embedded` in an annotation. Fields other than name, namespace, labels and annotations are tolerated. */
export function readMetadata(root: Fields, embedded = false): ReadMetadata {
  const value = root['metadata'];
  if (!isFields(value)) {
    const message = `metadata must be a mapping with a name, not ${describe(value, true)}`;
    return {
      metadata: { name: '', namespace: 'default', labels: {}, annotations: {} },
      problems: [problem(['metadata'], message, 'add metadata with a name')],
    };
  }
  const problems: Problem[] = [];
  const name = readName(value['name'], embedded ? EMBEDDED_NAME : SUBDOMAIN, problems);
  const namespace = readNamespace(value['namespace'], problems);
  const labels = readStrings(value['labels'], 'labels', problems);
  const annotations = readStrings(value['annotations'], 'annotations', problems);
  return { metadata: { name, namespace, labels, annotations: withoutLastApplied(annotations) }, problems };
}

function withoutLastApplied(annotations: Metadata['annotations']): Metadata['annotations'] {
  if (!Object.hasOwn(annotations, LAST_APPLIED)) return annotations;
  const { [LAST_APPLIED]: _, ...others } = annotations;
  return others;
}

function readName(value: unknown, pattern: RegExp, problems: Problem[]): string {
  const path = ['metadata', 'name'];
  if (value === undefined || value === null || value === '') {
    problems.push(problem(path, 'metadata.name is missing', 'add metadata.name'));
    return '';
  }
  if (typeof value !== 'string') {
    problems.push(problem(path, `metadata.name must be text, not ${describe(value, false)}`, 'put the name in quotes'));
    return '';
  }
  if (value.length > 253 || !pattern.test(value))
    problems.push(
      problem(
        path,
        `metadata.name ${quote(value)} is not a name that Kubernetes accepts`,
        'use at most 253 lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit',
      ),
    );
  return holdsPrivateKey(value) ? '' : value;
}

function readNamespace(value: unknown, problems: Problem[]): string {
  if (value === undefined || value === null || value === '') return 'default';
  if (typeof value === 'string' && value.length <= 63 && LABEL.test(value)) return value;
  const shown = typeof value === 'string' ? `${quote(value)} is not` : `must be text, not ${describe(value, false)}:`;
  problems.push(
    problem(
      ['metadata', 'namespace'],
      `metadata.namespace ${shown} a name that Kubernetes accepts`,
      'use at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit',
    ),
  );
  return typeof value === 'string' && !holdsPrivateKey(value) ? value : 'default';
}

function readStrings(value: unknown, field: string, problems: Problem[]): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (!isFields(value)) {
    const message = `metadata.${field} must be a mapping, not ${describe(value, true)}`;
    problems.push(problem(['metadata', field], message, `write ${field} as key: "value"`));
    return {};
  }
  const texts = Object.values(value);
  if (texts.every((text) => typeof text === 'string')) return value as Readonly<Record<string, string>>;
  const entries: [string, string][] = [];
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === 'string') entries.push([key, text]);
    else {
      const message = `metadata.${field}[${quote(key)}] must be text, not ${describe(text, false)}`;
      problems.push(problem(['metadata', field, key], message, 'put the value in quotes'));
    }
  }
  return Object.fromEntries(entries);
}

function problem(path: Path, message: string, fix: string): Problem {
  return { code: 'CS1015', message, fix, path, part: 'value' };
}
