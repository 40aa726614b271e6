import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const ROOT = join(__dirname, '../../..');
export const CHART = join(ROOT, 'deploy/helm/countersign');
/** The chart with its default values, as it is shipped for those who have no Helm. */
export const MANIFEST = join(ROOT, 'deploy/kubernetes/countersign.yaml');

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly securityContext: unknown;
  readonly resources: { readonly requests?: object; readonly limits?: object };
}

export interface PodTemplate {
  readonly spec: {
    readonly serviceAccountName: string;
    readonly securityContext: unknown;
    readonly containers: readonly Container[];
  };
}

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

export function objectsIn(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}

export function shipped(): readonly KubernetesObject[] {
  return objectsIn(readFileSync(MANIFEST, 'utf8'));
}

export function find(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const object = objects.find((each) => each.kind === kind && each.metadata.name === name);
  if (object === undefined) throw new Error(`there is no ${kind} ${name}`);
  return object;
}

/** Everything that runs Pods. */
export function podTemplates(objects: readonly KubernetesObject[]): readonly (readonly [string, PodTemplate])[] {
  return objects.flatMap(({ kind, metadata: { name }, spec }) => {
    const { template, jobTemplate } = (spec ?? {}) as {
      readonly template?: PodTemplate;
      readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
    };
    const found = template ?? jobTemplate?.spec.template;
    return found === undefined ? [] : [[`${kind} ${name}`, found] as const];
  });
}

/** The arguments of the first container. */
export function argsOf(objects: readonly KubernetesObject[], kind: string, name: string): readonly string[] {
  const [, template] = podTemplates([find(objects, kind, name)])[0] ?? [];
  return template?.spec.containers[0]?.args ?? [];
}
