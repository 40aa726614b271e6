import type { Certificate } from '../../certificates';
import type { Diagnostic } from '../../diagnostics/diagnostic';
import { printableLine } from '../../diagnostics/reporters/printable';
import {
  certificatesOf,
  edgesOf,
  isWithin,
  type Item,
  lifeOf,
  nameOf,
  type RolloverPlan,
  type Step,
  type Threshold,
  type Use,
} from '../../inventory';
import { namesIn, placeOf } from './document';
import type { Wire } from './on-wire';
import { table } from './table';

/** Where no threshold is given: a month, or a fifth of the life of what lives shorter. */
const NOTICE_DAYS = 30;
const NOTICE_PERCENT = 20;

/** `certs list`: one line each. */
export function listText(
  items: readonly Item[],
  unusable: readonly Diagnostic[],
  at: Date,
  threshold?: Threshold,
  wireOf?: (item: Item) => readonly Wire[] | undefined,
): string {
  const rows = items.map((item) => {
    const { notAfter, daysLeft, used } = lifeOf(item, at);
    return [
      item.name,
      item.kind,
      notAfter === undefined ? 'never' : dateOf(notAfter),
      daysLeft === undefined ? '-' : `${daysText(daysLeft)}${markOf(item, at, threshold)}`,
      used === undefined ? '-' : `${Math.floor(used)}%`,
      chainText(item),
      ...(wireOf === undefined ? [] : [wireText(wireOf(item))]),
      usersOf(item.uses).join(', ') || 'nothing',
    ];
  });
  const behind = items.flatMap((item) =>
    (wireOf?.(item) ?? [])
      .filter(({ inStep }) => !inStep)
      .map((wire) => `${item.kind} ${item.name}: ${holdingText(wire)}`),
  );
  const onWire = wireOf === undefined ? [] : ['ON WIRE'];
  const broken = unusable.map(
    ({ subject, code, message, location }) =>
      `${location ? `${location.file}:${location.line}:${location.column} ` : ''}error ${code} Secret ${subject?.namespace}/${subject?.name}: ${message}`,
  );
  const head = ['NAME', 'KIND', 'ENDS', 'LEFT', 'LIFE', 'CHAIN', ...onWire, 'USED BY'];
  return table([head, ...rows].map((row) => row.map(printableLine))) + linesOf([...broken, ...behind]);
}

/** How many of the Envoys that it is for hold what the input holds. */
function wireText(wires: readonly Wire[] | undefined): string {
  return wires === undefined ? '-' : `${wires.filter(({ inStep }) => inStep).length}/${wires.length}`;
}

function holdingText({ node, group, status, serial, inStep }: Wire): string {
  const what =
    serial === undefined
      ? status === 'NOT_SENT'
        ? 'has nothing'
        : 'has one that is not known any more'
      : `serial ${serial}`;
  const answer =
    status === 'SYNCED' ? (inStep ? 'acknowledged' : 'acknowledged, not what is in the input') : ANSWERS[status];
  return `Envoy ${node} (${group}) ${what}, ${answer}`;
}

const ANSWERS: Readonly<Record<Exclude<Wire['status'], 'SYNCED'>, string>> = {
  STALE: 'not acknowledged yet, or not the newest',
  NOT_SENT: 'not sent yet',
  ERROR: 'has refused the newest',
};

/** `certs show NAME`: all that is known of each item of that name. */
export function showText(
  items: readonly Item[],
  at: Date,
  wireOf?: (item: Item) => readonly Wire[] | undefined,
): string {
  return items.map((item) => itemText(item, at, wireOf?.(item))).join('\n');
}

function itemText(item: Item, at: Date, wires: readonly Wire[] | undefined): string {
  const { notAfter, daysLeft, used } = lifeOf(item, at);
  const ends =
    notAfter === undefined || daysLeft === undefined || used === undefined
      ? 'never ends'
      : `ends ${dateOf(notAfter)} (${daysText(daysLeft)}, ${Math.floor(used)}% of its life used)`;
  const uses = item.uses.flatMap(({ direction, role, resource, origins }) => [
    `  ${role} ${direction}, ${resource}`,
    ...origins.map((origin) => `    ${nameOf(origin)}  ${placeOf(origin)}`),
  ]);
  return linesOf([
    `${item.kind} ${item.name}: ${ends}`,
    ...item.origins.map((origin) => `  from ${placeOf(origin)}`),
    ...(item.kind === 'crl'
      ? item.revocation.lists.map(
          ({ thisUpdate, nextUpdate, revoked }) =>
            `  list of ${dateOf(thisUpdate)}, next ${nextUpdate ? dateOf(nextUpdate) : 'never'}, ${revoked.size} revoked`,
        )
      : certificatesOf(item).flatMap(certificateLines)),
    ...(uses.length > 0 ? uses : ['  used by nothing']),
    ...(wires?.length === 0 ? ['  on the wire: no Envoy has it'] : []),
    ...(wires ?? []).map((wire) => `  on the wire: ${holdingText(wire)}`),
  ]);
}

function certificateLines(certificate: Certificate, index: number): readonly string[] {
  const { subject, issuer, serial, fingerprint, notBefore, notAfter, publicKey, signatureAlgorithm, isCa } =
    certificate;
  return [
    `  ${index + 1}. ${subject || '(no subject)'}${isCa ? ', CA' : ''}`,
    `     issuer       ${issuer}`,
    `     serial       ${serial}`,
    `     fingerprint  SHA-256 ${fingerprint}`,
    `     valid        ${dateOf(notBefore)} to ${dateOf(notAfter)}`,
    `     names        ${namesIn(certificate).join(', ') || 'none'}`,
    `     key          ${publicKey.type} ${publicKey.curve ?? publicKey.bits ?? ''}, signed with ${signatureAlgorithm}`,
  ];
}

/** `certs graph`: who presents what, and who verifies it. */
export function graphText(items: readonly Item[]): string {
  const edges = edgesOf(items);
  const lines = items.flatMap((item) => [
    `${item.kind} ${item.name}`,
    ...item.uses.map((use) => `  ${use.role} ${use.direction}: ${use.origins.map(nameOf).join(', ')}`),
    ...edges
      .filter(({ certificate }) => certificate === item)
      .map(({ bundle }) => `  -> accepted by ca ${bundle.name} (${usersOf(bundle.uses).join(', ')})`),
    ...(item.uses.length === 0 ? ['  used by nothing'] : []),
  ]);
  return linesOf(lines);
}

const TITLES: Readonly<Record<Step['name'], string>> = {
  add: 'Add the new CA to every bundle that holds the old one, and wait until every Envoy has it',
  reissue: 'Reissue every certificate of the old CA from the new one',
  remove: 'Remove the old CA from the bundles',
};

/** `certs plan-rollover`: the steps, what is done of them, and what each would break now. */
export function planText({ from, to, steps, outside, shownOutside }: RolloverPlan): string {
  const lines = [
    `From ${subjects(from)} to ${subjects(to)}`,
    ...steps.flatMap(({ name, changes, breaksNow }, index) => [
      '',
      `${index + 1}. ${TITLES[name]}: ${changes.filter(({ done }) => done).length} of ${changes.length} done`,
      ...changes.map(
        ({ item, done }) =>
          `   [${done ? 'x' : ' '}] ${item.kind} ${item.name}  ${item.origins.map(placeOf).join(', ')}  used by ${usersOf(item.uses).join(', ') || 'nothing'}`,
      ),
      ...(breaksNow.length === 0
        ? ['   done now, it breaks none of the edges that are configured here']
        : [
            `   done now, it breaks ${breaksNow.length} ${breaksNow.length === 1 ? 'edge' : 'edges'}:`,
            ...breaksNow.map(
              ({ certificate, bundle }) =>
                `     ${certificate.name} (${usersOf(certificate.uses).join(', ')}) refused by ${bundle.name} (${usersOf(bundle.uses).join(', ')})`,
            ),
          ]),
    ]),
    ...(shownOutside.length === 0
      ? []
      : [
          '',
          'Before step 2, peers that are not configured here must trust the new CA, as they are shown:',
          ...shownOutside.map(({ name, uses }) => `   ${name} (${usersOf(uses).join(', ')})`),
        ]),
    ...(outside.length === 0
      ? []
      : [
          '',
          'Before step 3, peers that are not configured here must have new certificates, as they are verified by:',
          ...outside.map(({ name, uses }) => `   ${name} (${usersOf(uses).join(', ')})`),
        ]),
  ];
  return linesOf(lines);
}

/** File names, names in certificates and what Envoys call themselves are foreign text. */
function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${printableLine(line)}\n`).join('');
}

function subjects(certificates: readonly Certificate[]): string {
  return (
    certificates.map(({ subject, fingerprint }) => `${subject} (${fingerprint.slice(0, 16)}…)`).join(' and ') ||
    'nothing'
  );
}

function usersOf(uses: readonly Use[]): readonly string[] {
  return [...new Set(uses.flatMap(({ origins }) => origins.map(nameOf)))].toSorted();
}

function chainText(item: Item): string {
  if (item.kind === 'crl')
    return item.revocation.lists.length === 1 ? '1 list' : `${item.revocation.lists.length} lists`;
  const names = certificatesOf(item).map(({ subject }) => /CN=([^,]+)/.exec(subject)?.[1] ?? (subject || '?'));
  const [leaf] = certificatesOf(item);
  if (item.kind === 'certificate' && names.length === 1 && leaf && !leaf.selfSigned)
    names.push(/CN=([^,]+)/.exec(leaf.issuer)?.[1] ?? leaf.issuer);
  return names.join(item.kind === 'ca' ? ' + ' : ' < ');
}

function markOf(item: Item, at: Date, threshold?: Threshold): string {
  const life = lifeOf(item, at);
  if ((life.daysLeft ?? 0) < 0) return ' ×';
  const whole = (life.notAfter?.getTime() ?? 0) - life.notBefore.getTime();
  const usual: Threshold =
    whole > (NOTICE_DAYS * 86_400_000 * 100) / NOTICE_PERCENT
      ? { daysLeft: NOTICE_DAYS }
      : { percentLeft: NOTICE_PERCENT };
  return isWithin(life, threshold ?? usual) ? ' ‼' : '';
}

function daysText(days: number): string {
  return Math.abs(days) >= 1 ? `${Math.trunc(days)}d` : `${Math.trunc(days * 24)}h`;
}

function dateOf(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('.000Z', 'Z');
}
