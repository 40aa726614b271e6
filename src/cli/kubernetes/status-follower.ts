import type { Api } from '../../sources/kubernetes/api';
import type { KubernetesSource } from '../../sources/kubernetes/kubernetes-source';
import type { ObjectWithStatus } from '../../sources/kubernetes/object-statuses';
import { Conditions, envoyReport, KINDS_WITH_STATUS } from '../../status';
import type { Logger } from '../log';
import type { Follower, ServerView } from '../server';
import { EventWriter } from './event-writer';
import { Leader } from './leader';
import { REPLICAS, ReplicaReports } from './replica-reports';
import { StatusWriter } from './status-writer';
import { wantedAddresses, wantedConditions } from './wanted-status';

/** The name of the Lease that the replicas share. */
const LEASE = 'countersign-status';
/** How often conditions are looked at without a change, in milliseconds: certificates come near their end, and Services get addresses. */
const LOOK_MS = 15_000;
/** How long the same trouble is not told again, in milliseconds: while an API is away, the log is to say other things. */
const TOLD_MS = 600_000;

export interface StatusFollowerOptions {
  readonly api: Api;
  readonly source: KubernetesSource;
  /** Of the Lease. */
  readonly namespace: string;
  /** Tells this replica from the others. */
  readonly identity: string;
  /** `namespace/name` of the Service in front of the Envoys: its addresses are told on Ingresses. */
  readonly ingressService?: string;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Writes on the objects of the API what becomes of them: conditions, and Events for what goes wrong. One replica does, for all. */
export function followWithStatus(options: StatusFollowerOptions, view: ServerView): Follower {
  const { api, source, namespace, identity, ingressService, log, now } = options;
  const told = new Map<string, number>();
  const onTrouble = (error: unknown) => {
    const problem = error instanceof Error ? error.message : 'unknown';
    const nowMs = performance.now();
    for (const [known, atMs] of told) if (nowMs - atMs >= TOLD_MS) told.delete(known);
    if (told.has(problem)) return;
    told.set(problem, nowMs);
    log.warn({ problem }, 'the status of objects cannot be written');
  };
  const events = new EventWriter(api, identity, now, onTrouble);
  const leader: Leader = new Leader(api, {
    namespace,
    name: LEASE,
    identity,
    onChange: (isLeader) => {
      log.info(
        { identity, lease: `${namespace}/${LEASE}` },
        isLeader ? 'writes statuses' : 'no longer writes statuses',
      );
      if (!isLeader) return;
      writer.trigger();
      // What came up while nobody led was told by nobody; what was told is the same Event again.
      void events.tell(view.report()?.diagnostics ?? []);
    },
    onTrouble,
  });
  const replicas = new ReplicaReports(api, {
    namespace,
    identity,
    own: () => {
      const report = view.report();
      return report && envoyReport([...report.compilation.groups.values()], view.xds());
    },
    isLeader: () => leader.isLeader,
    onChange: () => {
      if (leader.isLeader) writer.trigger();
    },
    onTrouble: (error) =>
      log.warn(
        { problem: error instanceof Error ? error.message : 'unknown', configMap: `${namespace}/${REPLICAS}` },
        'what the Envoys of other replicas say is not known',
      ),
    now,
  });
  const writer = new StatusWriter({
    api,
    objects: () => source.withStatus(),
    wanted: () => {
      const report = view.report();
      if (report === undefined) return undefined;
      const conditions = new Conditions({
        diagnostics: [...report.diagnostics, ...view.refusals()],
        groups: [...report.compilation.groups.values()],
        xds: view.xds(),
        others: replicas.others,
        at: now(),
      });
      const service = ingressService === undefined ? undefined : serviceOf(source, ingressService);
      return (object) => {
        const { resource, namespace, name } = object;
        if (KINDS_WITH_STATUS.some((kind) => kind === resource.kind))
          return wantedConditions(object, conditions.of({ kind: resource.kind, namespace, name }), now());
        const isOurs = resource.kind === 'Ingress' && report.compilation.definitions.find('Ingress', namespace, name);
        return isOurs ? wantedAddresses(object, service) : undefined;
      };
    },
    isLeader: () => leader.isLeader,
    onTrouble,
  });
  leader.start();
  replicas.start();
  const timer = setInterval(() => writer.trigger(), LOOK_MS);
  timer.unref();
  return {
    changed: (raised) => {
      if (!leader.isLeader) return;
      if (raised.length > 0) void events.tell(raised);
      writer.trigger();
    },
    stop: async () => {
      clearInterval(timer);
      await writer.stop();
      await replicas.stop();
      await leader.stop();
    },
  };
}

function serviceOf(source: KubernetesSource, key: string): ObjectWithStatus | undefined {
  for (const object of source.withStatus())
    if (object.resource.kind === 'Service' && `${object.namespace}/${object.name}` === key) return object;
  return undefined;
}
