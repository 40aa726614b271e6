import { summary, World } from './support/fake-stream';
import { resource } from './support/snapshots';

const secrets = (...names: string[]) => names.map((name) => resource(name));

describe('SotW streams and nonces', () => {
  test('rule 3: a request with a stale nonce is not answered, but its ACK and NACK count', () => {
    const world = new World({ secrets: secrets('a', 'b', 'c') });
    const stream = world.sotw().request('secrets', { names: ['a', 'b'] });
    const [a, b] = stream.pending();
    if (!a || !b) throw new Error('two responses expected');
    stream.nack(a, 'KEY_VALUES_MISMATCH', { names: ['a', 'b', 'c'] });
    expect(stream.pending()).toEqual([]);
    expect(world.nacks).toMatchObject([{ reason: 'secret-key-mismatch', rejected: [{ name: 'a' }] }]);
    stream.ack(b);
    expect(stream.settle().map(summary)).toEqual(['secrets c@1']);
  });

  test('rule 3: a client that answers only the newest response has answered all before', () => {
    const world = new World({ secrets: secrets('a', 'b'), listeners: [resource('l')] });
    const stream = world
      .sotw()
      .request('secrets', { names: ['a', 'b'] })
      .request('listeners');
    const [, b] = stream.pending();
    if (!b) throw new Error('two responses expected');
    stream.ack(b);
    expect(stream.settle().map(summary)).toEqual(['listeners l@1']);
  });

  test('rule 3: what a stale request gives up is new when it is asked for again', () => {
    const stream = new World({ secrets: [resource('a'), resource('b')] }).sotw();
    stream.request('secrets', { names: ['a', 'b'] });
    const [a, b] = stream.pending();
    if (a === undefined || b === undefined) throw new Error('no response');
    stream
      .ack(a)
      .ack(a, { names: ['b'] })
      .ack(a, { names: ['a', 'b'] });
    expect(stream.pending()).toEqual([]);
    stream.ack(b);
    expect(stream.settle().map(summary)).toEqual(['secrets a@1']);
  });

  test('rule 4: a NACK may change what is wanted', () => {
    const world = new World({ secrets: secrets('a', 'b') });
    const stream = world.sotw().request('secrets', { names: ['a'] });
    stream.nack(stream.next(), 'no', { names: ['a', 'b'] });
    expect(stream.settle().map(summary)).toEqual(['secrets b@1']);
  });

  test('rule 5: what was refused is left as it was, in every later full response', () => {
    const world = new World({ clusters: [resource('a'), resource('b')] });
    const stream = world.sotw().request('clusters');
    stream.settle();
    world.publish({ clusters: [resource('a', '2'), resource('b')] });
    stream.nack(stream.next(), 'no');
    expect(stream.pending()).toEqual([]);
    world.publish({ clusters: [resource('a', '2'), resource('b', '2')] });
    expect(stream.settle().map(summary)).toEqual(['clusters a@1 b@2']);
    world.publish({ clusters: [resource('a', '3'), resource('b', '2')] });
    expect(stream.settle().map(summary)).toEqual(['clusters a@3 b@2']);
    expect(stream.session.status().types.clusters).toMatchObject({
      parked: [],
    });
  });

  test('rule 5: a refused full response is tried in parts until the bad one is known', () => {
    const world = new World({ listeners: ['a', 'b', 'c', 'd'].map((name) => resource(name)) });
    const stream = world.sotw().request('listeners');
    let last: string | undefined;
    let responses = 0;
    for (let out = stream.session.next(); out !== undefined; out = stream.session.next()) {
      responses += 1;
      expect(responses).toBeLessThan(12);
      if (out.batch.resources.has('c')) stream.nack(out, 'nothing that names it');
      else {
        last = summary(out);
        stream.ack(out);
      }
    }
    expect(last).toBe('listeners a@1 b@1 d@1');
    expect(stream.session.status().types.listeners?.parked).toEqual(['c']);
  });

  test('rule 5: where Envoy names the bad one, the rest is confirmed at once', () => {
    const world = new World({ listeners: ['a', 'b', 'c'].map((name) => resource(name)) });
    const stream = world.sotw().request('listeners');
    stream.nack(stream.next(), 'Error adding/updating listener(s) b: no\n');
    expect(stream.settle().map(summary)).toEqual(['listeners a@1 c@1']);
  });

  test('rule 5: a client that refuses everything is not answered in a loop', () => {
    const world = new World({ clusters: [resource('a'), resource('b'), resource('c')] });
    const stream = world.sotw().request('clusters');
    let responses = 0;
    for (let out = stream.session.next(); out !== undefined; out = stream.session.next()) {
      stream.nack(out, 'no');
      responses += 1;
      expect(responses).toBeLessThan(10);
    }
    world.publish({ clusters: [resource('a'), resource('b')] });
    expect(stream.pending().length).toBeLessThanOrEqual(1);
  });
});

describe('SotW subscriptions', () => {
  test('rule 6: an equal snapshot sends nothing', () => {
    const world = new World({ clusters: [resource('a')], secrets: secrets('s') });
    const stream = world
      .sotw()
      .request('clusters')
      .request('secrets', { names: ['s'] });
    stream.settle();
    world.publish({ clusters: [resource('a')], secrets: secrets('s') });
    expect(stream.pending()).toEqual([]);
  });

  test('rule 7: after explicit names, an empty list means nothing', () => {
    const world = new World({ clusters: [resource('a'), resource('b')] });
    const stream = world.sotw().request('clusters');
    const [all] = stream.pending();
    if (!all) throw new Error('a response expected');
    expect(summary(all)).toBe('clusters a@1 b@1');
    stream.ack(all, { names: ['a'] });
    const [one] = stream.pending();
    if (!one) throw new Error('a response expected');
    expect(summary(one)).toBe('clusters a@1');
    stream.ack(one, { names: [] });
    world.publish({ clusters: [resource('a', '2'), resource('b', '2')] });
    expect(stream.settle().map(summary)).toEqual(['clusters']);
  });

  test('rule 7: other types with an empty list get nothing, and `*` combines with names', () => {
    const world = new World({ clusters: [resource('a')], secrets: secrets('s') });
    const stream = world
      .sotw()
      .request('secrets')
      .request('clusters', { names: ['*', 'absent'] });
    expect(stream.settle().map(summary)).toEqual(['clusters a@1']);
  });

  test('rule 8: an added name is answered although the request carries the current version', () => {
    const world = new World({ secrets: secrets('s1', 's2') });
    const stream = world.sotw().request('secrets', { names: ['s1'] });
    const [first] = stream.settle();
    stream.request('secrets', { names: ['s1', 's2'], nonce: first?.nonce ?? '', version: first?.version ?? '' });
    expect(stream.settle().map(summary)).toEqual(['secrets s2@1']);
  });

  test('rule 10: an absent name is remembered and sent when it appears', () => {
    const world = new World({ endpoints: [] });
    const stream = world.sotw().request('endpoints', { names: ['late'] });
    expect(stream.pending()).toEqual([]);
    world.publish({ endpoints: [resource('late')] });
    expect(stream.settle().map(summary)).toEqual(['endpoints late@1']);
  });

  test('rule 12: CDS and LDS carry everything, and nothing goes out before the first snapshot', () => {
    const world = new World();
    const stream = world.sotw().request('clusters').request('listeners');
    expect(stream.pending()).toEqual([]);
    world.publish({ clusters: [resource('a'), resource('b')] });
    expect(stream.settle().map(summary)).toEqual(['clusters a@1 b@1', 'listeners']);
    world.publish({ clusters: [resource('a', '2'), resource('b')] });
    expect(stream.settle().map(summary)).toEqual(['clusters a@2 b@1']);
  });

  test('rule 13: one secret per response, each with its own nonce', () => {
    const world = new World({ secrets: secrets('a', 'b', 'c') });
    const responses = world
      .sotw()
      .request('secrets', { names: ['a', 'b', 'c'] })
      .pending();
    expect(responses.map(summary)).toEqual(['secrets a@1', 'secrets b@1', 'secrets c@1']);
    expect(new Set(responses.map((out) => out.nonce)).size).toBe(3);
  });

  test('rule 17: on reconnecting, CDS and LDS at the same version are skipped; EDS, RDS and SDS never', () => {
    const world = new World({
      clusters: [resource('c')],
      listeners: [resource('l')],
      endpoints: [resource('e')],
      routes: [resource('r')],
      secrets: secrets('s'),
    });
    const versions = world.store.get('default')?.types;
    const reconnect = (clusters: string) =>
      world
        .sotw()
        .request('clusters', { version: clusters })
        .request('endpoints', { names: ['e'], version: versions?.endpoints.version ?? '' })
        .request('secrets', { names: ['s'], version: versions?.secrets.version ?? '' })
        .request('listeners', { version: versions?.listeners.version ?? '' })
        .request('routes', { names: ['r'], version: versions?.routes.version ?? '' })
        .settle()
        .map(summary);
    expect(reconnect(versions?.clusters.version ?? '')).toEqual(['endpoints e@1', 'secrets s@1', 'routes r@1']);
    expect(reconnect('another')).toEqual(['clusters c@1', 'endpoints e@1', 'secrets s@1', 'routes r@1']);
  });

  test('rule 17: after a skipped answer, the next change is sent', () => {
    const world = new World({ clusters: [resource('c')] });
    const stream = world
      .sotw()
      .request('clusters', { version: world.store.get('default')?.types.clusters.version ?? '' });
    expect(stream.pending()).toEqual([]);
    world.publish({ clusters: [resource('c', '2')] });
    expect(stream.settle().map(summary)).toEqual(['clusters c@2']);
  });
});

describe('the order of SotW pushes', () => {
  test('rule 19: a cluster that goes stays in the response until nothing can use it', () => {
    const listeners = [resource('l', '1', { routes: ['r'] })];
    const world = new World({ clusters: [resource('old')], listeners, routes: [resource('r')] });
    const stream = world
      .sotw()
      .request('clusters')
      .request('listeners')
      .request('routes', { names: ['r'] });
    stream.settle();
    world.publish({ clusters: [resource('new')], listeners, routes: [resource('r', '2')] });
    expect(stream.settle().map(summary)).toEqual(['clusters new@1 old@1', 'routes r@2', 'clusters new@1']);
    const newest = world.store.get('default')?.types.clusters.version;
    expect(stream.session.status().types.clusters).toMatchObject({ acceptedVersion: newest, settled: true });
  });

  test('rule 19: a refused removal is not repeated for ever', () => {
    const world = new World({ clusters: [resource('a'), resource('b')] });
    const stream = world.sotw().request('clusters');
    stream.settle();
    world.publish({ clusters: [resource('a')] });
    const out = stream.next();
    expect(summary(out)).toBe('clusters a@1');
    stream.nack(out, 'no');
    expect(stream.pending()).toEqual([]);
  });

  test('rule 20: the endpoints of changed clusters, and only those, are sent again', () => {
    const endpoints = [resource('e1'), resource('e2')];
    const second = resource('c2', '1', { endpoints: ['e2'] });
    const world = new World({ clusters: [resource('c1', '1', { endpoints: ['e1'] }), second], endpoints });
    const stream = world
      .sotw()
      .request('clusters')
      .request('endpoints', { names: ['e1', 'e2'] });
    stream.settle();
    world.publish({ clusters: [resource('c1', '2', { endpoints: ['e1'] }), second], endpoints });
    expect(stream.settle().map(summary)).toEqual(['clusters c1@2 c2@1', 'endpoints e1@1']);
  });

  test('rule 20: also where a cluster changes back, because only its neighbour is tried', () => {
    const good = (version: string) => resource('good', version, { endpoints: ['e'] });
    const endpoints = [resource('e')];
    const world = new World({ clusters: [good('1')], endpoints });
    const stream = world
      .sotw()
      .request('clusters')
      .request('endpoints', { names: ['e'] });
    stream.settle();
    world.publish({ clusters: [resource('bad'), good('2')], endpoints });
    const [both, ...rest] = stream.pending();
    if (both === undefined) throw new Error('no response');
    for (const out of rest) stream.ack(out);
    stream.nack(both, 'no word of which one');
    const tried = stream.pending();
    expect(tried.map(summary)).toEqual(['clusters bad@1 good@1', 'endpoints e@1']);
    for (const out of tried) {
      if (out.type === 'clusters') stream.nack(out);
      else stream.ack(out);
    }
    expect(stream.settle().map(summary)).toEqual(['clusters good@2', 'endpoints e@1']);
  });

  test('rule 21: the secrets of a changed listener are sent again', () => {
    const world = new World({ listeners: [resource('l', '1', { secrets: ['s'] })], secrets: secrets('s', 't') });
    const stream = world
      .sotw()
      .request('listeners')
      .request('secrets', { names: ['s', 't'] });
    stream.settle();
    world.publish({ listeners: [resource('l', '2', { secrets: ['s'] })], secrets: secrets('s', 't') });
    expect(stream.settle().map(summary)).toEqual(['listeners l@2', 'secrets s@1']);
  });
});
