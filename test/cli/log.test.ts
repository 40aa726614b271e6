import { createLogger, loggingObserver } from '../../src/cli/log';
import type { StreamInfo } from '../../src/xds/protocol/observer';

type Line = Readonly<Record<string, unknown>>;

function logged(level: string, act: (observer: ReturnType<typeof loggingObserver>) => void): readonly Line[] {
  const lines: Line[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Line);
  act(loggingObserver(createLogger(level, { write })));
  return lines;
}

const stream: StreamInfo = { id: 1, protocol: 'delta', peer: '127.0.0.1:5' };
const edge: StreamInfo = {
  ...stream,
  node: { id: 'edge-1', cluster: 'edge', ambassadorIds: [], envoyVersion: '1.40.0' },
  group: 'default',
};

test('an Envoy that connects and leaves is a line each, however many types it subscribes to', () => {
  const lines = logged('info', (observer) => {
    observer.opened?.(stream);
    observer.subscribed?.(edge, 'clusters');
    observer.subscribed?.(edge, 'listeners');
    observer.ack?.(edge, { type: 'clusters', version: 'v' });
    observer.closed?.(edge, 'client');
  });
  expect(lines).toEqual([
    expect.objectContaining({
      level: 'info',
      msg: 'stream opened',
      node: 'edge-1',
      group: 'default',
      peer: '127.0.0.1:5',
    }),
    expect.objectContaining({ level: 'info', msg: 'stream closed', node: 'edge-1', reason: 'client' }),
  ]);
});

test('whoever connects and never says who it is leaves no line', () => {
  const scanned = (level: string) =>
    logged(level, (observer) => {
      observer.opened?.(stream);
      observer.closed?.(stream, 'invalid-request');
    });
  expect(scanned('info')).toEqual([]);
  expect(scanned('debug')).toEqual([expect.objectContaining({ msg: 'stream closed', reason: 'invalid-request' })]);
});

test('a refusal names the definitions that the refused resources came from', () => {
  const origin = {
    kind: 'Mapping',
    namespace: 'default',
    name: 'pay',
    location: { file: 'pay.yaml', line: 3, column: 1 },
  };
  const [line] = logged('error', (observer) =>
    observer.nack?.(edge, {
      type: 'routes',
      version: 'v2',
      reason: 'invalid-regex',
      rejected: [{ name: 'tcp-0.0.0.0-8080/http', version: 'v2', origins: [origin] }],
      suspects: 0,
    }),
  );
  expect(line).toMatchObject({
    level: 'error',
    msg: 'configuration refused by Envoy',
    node: 'edge-1',
    reason: 'invalid-regex',
    rejected: [{ name: 'tcp-0.0.0.0-8080/http', definitions: ['Mapping default/pay pay.yaml:3:1'] }],
  });
});

test('failed handshakes are a line, and then a number', () => {
  const lines = logged('info', (observer) => {
    for (let count = 0; count < 1000; count += 1) observer.turnedAway?.(`127.0.0.1:${count}`, 'handshake');
  });
  expect(lines).toMatchObject([{ level: 'warn', peer: '127.0.0.1:0', count: 1 }]);
});
