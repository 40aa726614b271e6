import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Diagnostic } from '../diagnostics/diagnostic';
import { RESOURCE_TYPES, type Snapshot } from '../snapshot/snapshot';
import type { TypeStatus, XdsObserver, XdsStatus } from '../xds';

/** What one compilation came to, for the metrics. */
export interface CompilationMetrics {
  /** Seconds by stage: `read`, `decode`, `validate`, `build`, `translate`, `encode`, `push`. */
  readonly stageSeconds: ReadonlyMap<string, number>;
  readonly diagnostics: readonly Diagnostic[];
  /** Number of definitions that are out of service. */
  readonly quarantined: number;
  /** The snapshots being served, of all node groups. */
  readonly snapshots: Iterable<Snapshot>;
  /** Those that are served; asked whenever the metrics are read, for there may be thousands. */
  readonly certificates: () => readonly CertificateExpiry[];
}

export interface CertificateExpiry {
  /** The Secret, as Envoy names it. */
  readonly name: string;
  readonly kind: 'tls_certificate' | 'validation_context';
  /** Since when the one that ends first is valid. */
  readonly notBefore: Date;
  /** The earliest of the chain or bundle. */
  readonly notAfter: Date;
}

/** What there is to tell of `--state`. */
export interface StateMetrics {
  readonly form: string;
  /** ISO 8601. */
  readonly writtenAt?: string;
  readonly failedWrites: number;
  readonly restored: { readonly definitions: number; readonly files: number };
}

const STAGE_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** All of Countersign's metrics, in a registry of their own. Labels hold names and versions, never key material. */
export class Metrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];

  readonly #config = this.#gauge('config_info', 'Version being served; always 1', ['group', 'type', 'version']);
  readonly #resources = this.#gauge('config_resources', 'Resources being served', ['group', 'type']);
  readonly #compilations = this.#counter('compilations_total', 'Compilations, by result', ['result']);
  readonly #diagnostics = this.#gauge('diagnostics', 'Findings in the current definitions', ['code', 'severity']);
  readonly #quarantined = this.#gauge('quarantined_resources', 'Definitions that are out of service', []);
  readonly #stages = new Histogram({
    name: 'countersign_stage_seconds',
    help: 'Time spent in one stage of a compilation',
    labelNames: ['stage'],
    buckets: STAGE_BUCKETS,
    registers: this.#registers,
  });
  readonly #streams = this.#gauge('xds_streams', 'Open ADS streams', ['protocol']);
  readonly #closes = this.#counter('xds_stream_closes_total', 'ADS streams that ended, by reason', ['reason']);
  readonly #turnedAway = this.#counter(
    'xds_turned_away_total',
    'Calls and connections that were not let in, by reason',
    ['reason'],
  );
  readonly #acks = this.#counter('xds_acks_total', 'Responses that Envoys accepted', ['type']);
  readonly #nacks = this.#counter('xds_nacks_total', 'Responses that Envoys refused', ['type', 'reason']);
  readonly #responses = this.#counter('xds_responses_total', 'Responses sent', ['type']);
  readonly #bytes = this.#counter('xds_resource_bytes_total', 'Bytes of resources in responses sent', ['type']);

  #certificates: CompilationMetrics['certificates'] = () => [];

  constructor(version: string) {
    collectDefaultMetrics({ register: this.registry });
    const ofCertificates = (name: string, help: string, date: 'notBefore' | 'notAfter') =>
      this.#asked(name, help, ['name', 'kind'], (own: Gauge<'name' | 'kind'>) => {
        own.reset();
        for (const { name: certificate, kind, [date]: moment } of this.#certificates())
          own.set({ name: certificate, kind }, Math.floor(moment.getTime() / 1000));
      });
    ofCertificates('cert_not_after_seconds', 'When a certificate being served ends, in Unix time', 'notAfter');
    ofCertificates(
      'cert_not_before_seconds',
      'When a certificate being served began to be valid, in Unix time',
      'notBefore',
    );
    this.#gauge('build_info', 'Version of this process; always 1', ['version', 'node']).set(
      { version, node: process.version },
      1,
    );
    // So that rates and alerts start from 0 and not from nothing.
    for (const type of RESOURCE_TYPES) for (const counter of [this.#acks, this.#responses]) counter.inc({ type }, 0);
    for (const result of ['ok', 'failed']) this.#compilations.inc({ result }, 0);
    for (const protocol of ['sotw', 'delta']) this.#streams.set({ protocol }, 0);
  }

  /** Counts what happens on the streams. */
  readonly observer: XdsObserver = {
    opened: ({ protocol }) => this.#streams.inc({ protocol }),
    closed: ({ protocol }, reason) => {
      this.#streams.dec({ protocol });
      this.#closes.inc({ reason });
    },
    turnedAway: (_peer, reason) => this.#turnedAway.inc({ reason }),
    ack: (_stream, { type }) => this.#acks.inc({ type }),
    nack: (_stream, { type, reason }) => this.#nacks.inc({ type, reason }),
    sent: (_stream, { type, bytes }) => {
      this.#responses.inc({ type });
      this.#bytes.inc({ type }, bytes);
    },
  };

  compiled({ stageSeconds, diagnostics, quarantined, snapshots, certificates }: CompilationMetrics): void {
    this.#compilations.inc({ result: 'ok' });
    this.timed(stageSeconds);
    this.#quarantined.set(quarantined);

    this.#diagnostics.reset();
    for (const { code, severity } of diagnostics) this.#diagnostics.inc({ code, severity });

    this.#config.reset();
    this.#resources.reset();
    for (const { group, types } of snapshots) {
      for (const type of RESOURCE_TYPES) {
        this.#config.set({ group, type, version: types[type].version }, 1);
        this.#resources.set({ group, type }, types[type].resources.size);
      }
    }

    this.#certificates = certificates;
  }

  /** A compilation that threw: the last good snapshots stay. */
  failed(): void {
    this.#compilations.inc({ result: 'failed' });
  }

  /** Adds what the Envoys have accepted, which is asked for when it is read. */
  watchXds(read: () => XdsStatus): void {
    const counted = (of: (type: TypeStatus) => number) => (own: Gauge<'type'>) => {
      const streams = read().nodes.flatMap(({ streams: open }) => open);
      for (const type of RESOURCE_TYPES)
        own.set(
          { type },
          streams.reduce((sum, { types: { [type]: status } }) => sum + (status === undefined ? 0 : of(status)), 0),
        );
    };
    this.#asked(
      'xds_unsettled_streams',
      'ADS streams on which something waits to be sent, or to be accepted',
      ['type'],
      counted(({ settled }) => (settled ? 0 : 1)),
    );
    this.#asked(
      'xds_parked_resources',
      'Resources whose newest version an Envoy refused, summed over Envoys',
      ['type'],
      counted(({ parked }) => parked.length),
    );
  }

  /** Adds the metrics of the state, which are asked for when they are read. */
  watchState(read: () => StateMetrics): void {
    const gauge = <Label extends string>(
      name: string,
      help: string,
      labelNames: readonly Label[],
      tell: (gauge: Gauge<Label>, state: StateMetrics) => void,
    ) => this.#asked(name, help, labelNames, (own: Gauge<Label>) => tell(own, read()));
    gauge('state_info', 'The form of the state; always 1', ['form'], (own, { form }) => own.set({ form }, 1));
    gauge(
      'state_written_seconds',
      'When the state was last written by this process, in Unix time; 0: not yet',
      [],
      (own, { writtenAt }) => own.set(writtenAt === undefined ? 0 : Date.parse(writtenAt) / 1000),
    );
    gauge('state_failed_writes', 'Writes of the state that failed', [], (own, { failedWrites }) =>
      own.set(failedWrites),
    );
    gauge('state_restored', 'What was restored at the start', ['what'], (own, { restored }) => {
      own.set({ what: 'definitions' }, restored.definitions);
      own.set({ what: 'files' }, restored.files);
    });
  }

  /** Stages that are measured outside a compilation, such as `read`. */
  timed(stageSeconds: ReadonlyMap<string, number>): void {
    for (const [stage, seconds] of stageSeconds) this.#stages.observe({ stage }, seconds);
  }

  #asked<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    tell: (gauge: Gauge<Label>) => void,
  ): void {
    const asked = new Gauge<Label>({
      name: `countersign_${name}`,
      help,
      labelNames,
      registers: [],
      collect() {
        tell(this);
      },
    });
    this.registry.registerMetric(asked);
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Gauge<Label> {
    return new Gauge({ name: `countersign_${name}`, help, labelNames, registers: this.#registers });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name: `countersign_${name}`, help, labelNames, registers: this.#registers });
  }
}
