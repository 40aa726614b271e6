import { diagnostic } from '../diagnostics/diagnostic';
import { type AnyDefinition, type Decoded, type Definition, keyOf, subjectOf } from '../model/definition';
import { Memo } from '../resolution/memo';
import { withConnectorContext } from './connector-context';
import { expandIngress } from './expand-ingress';
import { type IngressClasses, type Ownership, ownershipOf } from './ingress-ownership';

/** What was in service before, by `keyOf`. */
type LastGood = ReadonlyMap<string, AnyDefinition>;

/** The definitions that others are looked up in. */
interface Surroundings {
  readonly classes: IngressClasses;
  readonly services: ReadonlyMap<string, Definition<'Service'>>;
  readonly lastGood: LastGood;
}

const expansions = new Memo<Definition<'Ingress'>, readonly Decoded[]>();

/**
 * Adds the Hosts and Mappings that Ingresses stand for, and the TLSContext that comes with Ambassador’s connector to Consul. The Ingresses themselves stay, for what there is to say of them. One that
 * is wrong as a whole keeps what its last good version stood for. With `classes: false`, IngressClasses are not looked up.
 */
export function expand(
  decoded: readonly Decoded[],
  lastGood: LastGood,
  options: { readonly classes: boolean },
): readonly Decoded[] {
  return withConnectorContext(withIngresses(decoded, lastGood, options));
}

function withIngresses(
  decoded: readonly Decoded[],
  lastGood: LastGood,
  options: { readonly classes: boolean },
): readonly Decoded[] {
  if (!decoded.some(({ definition }) => definition?.kind === 'Ingress')) return decoded;
  const surroundings: Surroundings = {
    classes: options.classes ? byName(decoded, 'IngressClass', ({ metadata }) => metadata.name) : new Map(),
    services: byName(decoded, 'Service', (service) => keyOf(subjectOf(service))),
    lastGood,
  };
  return decoded.flatMap((entry) =>
    entry.definition?.kind === 'Ingress' ? expandOne(entry, entry.definition, surroundings) : entry,
  );
}

function expandOne(entry: Decoded, ingress: Definition<'Ingress'>, surroundings: Surroundings): readonly Decoded[] {
  const ownership = ownershipOf(ingress, surroundings.classes);
  if (ownership.type === 'foreign') return [{ rejected: false, diagnostics: [notOurs(ingress, ownership)] }];
  const good = entry.rejected ? surroundings.lastGood.get(keyOf(subjectOf(ingress))) : ingress;
  const made = good?.kind === 'Ingress' ? expansionOf(good, ownership.ambassadorIds, surroundings) : [];
  if (ownership.by !== 'annotation') return [entry, ...made];
  return [{ ...entry, diagnostics: [...entry.diagnostics, deprecated(ingress)] }, ...made];
}

function expansionOf(
  ingress: Definition<'Ingress'>,
  ambassadorIds: readonly string[],
  { services, lastGood }: Surroundings,
): readonly Decoded[] {
  const { namespace } = ingress.metadata;
  const serviceNamed = (name: string) => {
    const key = keyOf({ kind: 'Service', namespace, name });
    const known = services.get(key) ?? lastGood.get(key);
    return known?.kind === 'Service' ? known : undefined;
  };
  const inputs = [ambassadorIds.join(), ...portNamers(ingress).map(serviceNamed)];
  return expansions.get(ingress, '', inputs, () => expandIngress(ingress, ambassadorIds, serviceNamed));
}

/** The Services of which an Ingress names a port by name. */
function portNamers({ spec }: Definition<'Ingress'>): readonly string[] {
  const paths = (spec.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  const backends = [...paths.map(({ backend }) => backend), spec.defaultBackend];
  return backends.flatMap((backend) => (backend?.service?.port?.name === undefined ? [] : [backend.service.name]));
}

function byName<K extends 'IngressClass' | 'Service'>(
  decoded: readonly Decoded[],
  kind: K,
  nameOf: (definition: Definition<K>) => string,
): ReadonlyMap<string, Definition<K>> {
  const found = new Map<string, Definition<K>>();
  for (const { definition } of decoded) {
    if (definition?.kind !== kind) continue;
    // Testing the kind does not narrow by a type parameter.
    const known = definition as Definition as Definition<K>;
    if (!found.has(nameOf(known))) found.set(nameOf(known), known);
  }
  return found;
}

function notOurs(ingress: Definition<'Ingress'>, { reason, doubtful }: Extract<Ownership, { type: 'foreign' }>) {
  return diagnostic('CS1030', {
    message: `Ingress "${ingress.metadata.name}" is not read: ${reason}`,
    severity: doubtful ? 'warning' : 'info',
    ...(doubtful && {
      fix: 'supply an IngressClass of that name with the controller getambassador.io/ingress-controller and the same getambassador.io/ambassador-id',
    }),
    subject: subjectOf(ingress),
    location: ingress.at(['spec', 'ingressClassName']),
  });
}

function deprecated(ingress: Definition<'Ingress'>) {
  return diagnostic('CS1031', {
    message: 'the annotation kubernetes.io/ingress.class is deprecated',
    subject: subjectOf(ingress),
    location: ingress.at(['metadata', 'annotations', 'kubernetes.io/ingress.class'], 'key'),
  });
}
