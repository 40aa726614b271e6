import { RESPONSE_BYTES } from '../../src/xds/protocol/batch';
import { WINDOW } from '../../src/xds/protocol/incremental-subscription';
import { InvalidRequestError } from '../../src/xds/protocol/membership';
import { summary, World } from './support/fake-stream';
import { resource } from './support/snapshots';

const KEY_MISMATCH = 'Failed to load private key from <inline>, Cause: error:0b000074:X.509:KEY_VALUES_MISMATCH';

describe('delta streams and nonces', () => {
  test('rule 1: a stream without a node, or with another one later, is an invalid request', () => {
    const world = new World({});
    const { session } = world.delta();
    const request = {
      protocol: 'delta',
      typeUrl: 'x',
      nonce: '',
      subscribe: [],
      unsubscribe: [],
      initialVersions: new Map<string, string>(),
    } as const;
    const node = { id: 'a', cluster: '', ambassadorIds: [], envoyVersion: '' };
    const now = new Date();
    expect(() => session.receive(request, now)).toThrow(InvalidRequestError);
    expect(() => session.receive({ ...request, node: { ...node, id: '' } }, now)).toThrow(InvalidRequestError);
    session.receive({ ...request, node }, now);
    session.receive({ ...request, node: { ...node, envoyVersion: '1.2.3' } }, now);
    expect(() => session.receive({ ...request, node: { ...node, id: 'b' } }, now)).toThrow(InvalidRequestError);
  });

  test('rule 2: nonces are unique in a stream, over all its types', () => {
    const world = new World({ clusters: [resource('c')], listeners: [resource('l')] });
    const stream = world.delta().request('clusters').request('listeners');
    const nonces = stream.settle().map((out) => out.nonce);
    expect(nonces).toHaveLength(2);
    expect(new Set(nonces).size).toBe(2);
  });

  test('rule 3: subscriptions in a request with an old or unknown nonce are applied', () => {
    const world = new World({ secrets: [resource('a'), resource('b'), resource('c')] });
    const stream = world.delta().request('secrets', { subscribe: ['a'] });
    const [a] = stream.settle();
    stream.request('secrets', { nonce: a?.nonce ?? '', subscribe: ['b'] });
    stream.request('secrets', { nonce: 'from another stream', subscribe: ['c'] });
    expect(stream.settle().map(summary)).toEqual(['secrets b@1', 'secrets c@1']);
  });

  test('rule 4: a NACK is told by its error, and its subscriptions are applied', () => {
    const world = new World({ secrets: [resource('a'), resource('b')] });
    const stream = world.delta().request('secrets', { subscribe: ['a'] });
    stream.nack(stream.next(), '', { subscribe: ['b'] });
    expect(stream.pending().map(summary)).toEqual(['secrets b@1']);
    expect(world.nacks).toHaveLength(1);
  });
});

describe('delta after a refusal', () => {
  test('rule 5: refused bytes never return to that node, on no stream, until they change', () => {
    const world = new World({ secrets: [resource('a'), resource('b')] });
    const first = world.delta().request('secrets', { subscribe: ['a', 'b'] });
    const [a, b] = first.pending();
    if (a === undefined || b === undefined) throw new Error('two responses expected');
    first.nack(a, KEY_MISMATCH).ack(b);
    expect(first.pending()).toEqual([]);

    world.publish({ secrets: [resource('a'), resource('b', '2')] });
    expect(first.settle().map(summary)).toEqual(['secrets b@2']);
    first.request('secrets', { unsubscribe: ['a'] }).request('secrets', { subscribe: ['a'] });
    expect(first.pending()).toEqual([]);

    world.close(first);
    const second = world.delta().request('secrets', { subscribe: ['a', 'b'] });
    expect(second.settle().map(summary)).toEqual(['secrets b@2']);

    world.publish({ secrets: [resource('a', '2'), resource('b', '2')] });
    expect(second.settle().map(summary)).toEqual(['secrets a@2']);
    expect(world.nacks).toHaveLength(1);
  });

  test('rule 5: another node may still get what one node refused', () => {
    const world = new World({ secrets: [resource('a')] });
    const refusing = world.delta('node-1').request('secrets', { subscribe: ['a'] });
    refusing.nack(refusing.next());
    expect(
      world
        .delta('node-2')
        .request('secrets', { subscribe: ['a'] })
        .settle()
        .map(summary),
    ).toEqual(['secrets a@1']);
  });

  test('rule 5: a fresh Envoy gets the last accepted bytes of what its node refused', () => {
    const world = new World({ secrets: [resource('a')] });
    const stream = world.delta().request('secrets', { subscribe: ['a'] });
    stream.settle();
    world.publish({ secrets: [resource('a', '2')] });
    stream.nack(stream.next(), KEY_MISMATCH);
    // Also to the one that refused: it would use the refused bytes for the next listener that refers to them.
    expect(stream.settle().map(summary)).toEqual(['secrets a@1']);
    world.close(stream);
    expect(
      world
        .delta()
        .request('secrets', { subscribe: ['a'] })
        .settle()
        .map(summary),
    ).toEqual(['secrets a@1']);
  });

  test('rule 5: what a client reports on reconnecting counts as accepted', () => {
    const world = new World({ secrets: [resource('a')] });
    const stream = world.delta().request('secrets', { subscribe: ['a'], initial: { a: '1' } });
    expect(stream.pending()).toEqual([]);
    world.publish({ secrets: [resource('a', '2')] });
    stream.nack(stream.next(), KEY_MISMATCH);
    expect(stream.settle().map(summary)).toEqual(['secrets a@1']);
  });

  test('rule 5: last accepted bytes that refer to something withdrawn stay away', () => {
    const old = resource('l', '1', { secrets: ['gone'] });
    const world = new World({ listeners: [old], secrets: [resource('gone')] });
    const stream = world
      .delta()
      .request('listeners')
      .request('secrets', { subscribe: ['gone'] });
    stream.settle();
    world.publish({ listeners: [resource('l', '2')] });
    stream.nack(stream.next());
    world.close(stream);
    const fresh = world.delta().request('listeners');
    expect(fresh.settle().map(summary)).toEqual(['listeners']);
  });

  test('rule 14: a refused batch is taken apart until each good resource was accepted and only the bad one is parked', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const world = new World({ clusters: names.map((name) => resource(name)) });
    const stream = world.delta().request('clusters');
    const accepted: string[] = [];
    let responses = 0;
    for (let out = stream.session.next(); out !== undefined; out = stream.session.next()) {
      expect((responses += 1)).toBeLessThan(12);
      if (out.batch.resources.has('d')) {
        stream.nack(out, 'nothing that names it');
      } else {
        accepted.push(...out.batch.resources.keys());
        stream.ack(out);
      }
    }
    expect(accepted.sort()).toEqual(['a', 'b', 'c', 'e']);
    expect(stream.session.status().types.clusters).toMatchObject({ parked: ['d'], reasons: { d: 'other' } });
    expect(world.nacks.flatMap((nack) => nack.rejected.map((each) => each.name))).toEqual(['d']);
  });

  test('rule 14: where Envoy names the bad ones, the rest follows in one response', () => {
    const world = new World({ clusters: ['a', 'ab', 'b'].map((name) => resource(name)) });
    const stream = world.delta().request('clusters');
    stream.nack(stream.next(), 'Error adding/updating cluster(s) ab: no, b: neither');
    expect(stream.settle().map(summary)).toEqual(['clusters a@1']);
    expect(world.nacks).toMatchObject([{ reason: 'other', rejected: [{ name: 'ab' }, { name: 'b' }], suspects: 1 }]);
  });

  test('rule 14: a restarted Envoy is asked again where files of its machine may have been missing, and nowhere else', () => {
    const world = new World({ secrets: [{ ...resource('files'), external: true }, resource('inline')] });
    const stream = world.delta().request('secrets', { subscribe: ['files', 'inline'] });
    for (let out = stream.session.next(); out !== undefined; out = stream.session.next()) stream.nack(out, 'no');
    world.close(stream);
    const again = world.delta().request('secrets', { subscribe: ['files', 'inline'], initial: { other: '1' } });
    expect(again.settle().flatMap((out) => [...out.batch.resources.keys()])).toEqual([]);
    world.close(again);
    const restarted = world.delta().request('secrets', { subscribe: ['files', 'inline'] });
    expect(restarted.settle().flatMap((out) => [...out.batch.resources.keys()])).toEqual(['files']);
  });

  test('rule 14: a removal in a refused response is said again, since Envoy may not have come to it', () => {
    const world = new World({ listeners: [resource('a'), resource('b')] });
    const stream = world.delta().request('listeners');
    stream.settle();
    world.publish({ listeners: [resource('b', '2')] });
    const out = stream.next();
    expect(summary(out)).toBe('listeners b@2 -a');
    stream.nack(out);
    expect(stream.settle().map(summary)).toEqual(['listeners -a']);
    expect(stream.session.settled).toBe(true);
    // Refused by itself it is not repeated.
    world.publish({ listeners: [resource('b', '2')] });
    expect(stream.pending()).toEqual([]);
    world.publish({});
    const last = stream.next();
    expect(summary(last)).toBe('listeners -b');
    stream.nack(last);
    expect(stream.pending()).toEqual([]);
  });

  test('rule 5: what a node accepted of the group that it left is nothing to fall back on in the new one', () => {
    const world = new World({ secrets: [resource('a', 'of default')] });
    const stream = world.delta('node-1', 'blue').request('secrets', { subscribe: ['a'] });
    const old = stream.next();
    world.publish({ secrets: [resource('a', 'of blue')] }, 'blue');
    stream.ack(old);
    stream.nack(stream.next());
    expect(stream.pending()).toEqual([]);
    const other = world.delta('node-2', 'blue').request('secrets', { subscribe: ['a'] });
    other.nack(other.next());
    expect(other.pending()).toEqual([]);
  });

  test('rule 14: what was in a refused response is removed by name when it goes', () => {
    const world = new World({ clusters: [resource('good'), resource('bad')] });
    const stream = world.delta().request('clusters');
    stream.nack(stream.next(), 'Error adding/updating cluster(s) bad: no');
    world.publish({ clusters: [] });
    expect(stream.settle().map(summary)).toEqual(['clusters -good -bad']);
  });
});

describe('delta subscriptions', () => {
  test('rule 6: an equal snapshot, and one that changes nothing this client wants, sends nothing', () => {
    const world = new World({ secrets: [resource('a'), resource('b')] });
    const stream = world.delta().request('secrets', { subscribe: ['a'] });
    stream.settle();
    world.publish({ secrets: [resource('a'), resource('b')] });
    world.publish({ secrets: [resource('a'), resource('b', '2')] });
    expect(stream.pending()).toEqual([]);
  });

  test('rule 6: only the newest state is kept while a response is unanswered', () => {
    const world = new World({ clusters: [resource('a')], listeners: [resource('l')] });
    const stream = world.delta().request('clusters').request('listeners');
    const clusters = stream.next();
    for (const version of ['2', '3', '4']) {
      world.publish({ clusters: [resource('a')], listeners: [resource('l', version)] });
    }
    expect(stream.pending()).toEqual([]);
    stream.ack(clusters);
    expect(stream.settle().map(summary)).toEqual(['listeners l@4']);
  });

  test('rule 7: an empty first request means everything for CDS and LDS only', () => {
    const world = new World({ clusters: [resource('c')], listeners: [resource('l')], secrets: [resource('s')] });
    const stream = world.delta().request('clusters').request('listeners').request('secrets');
    expect(stream.settle().map(summary)).toEqual(['clusters c@1', 'listeners l@1']);
  });

  test('rule 7: `*` and names combine, and `*` can be given up', () => {
    const world = new World({ clusters: [resource('a'), resource('b')] });
    const stream = world.delta().request('clusters', { subscribe: ['*', 'a'] });
    expect(stream.settle().map(summary)).toEqual(['clusters a@1 b@1']);
    stream.request('clusters', { unsubscribe: ['*'] });
    world.publish({ clusters: [resource('a', '2'), resource('b', '2')] });
    expect(stream.settle().map(summary)).toEqual(['clusters a@2']);
  });

  test('rule 9: every subscribed name is answered, even one that was sent before', () => {
    const world = new World({ secrets: [resource('a')] });
    const stream = world.delta().request('secrets', { subscribe: ['a'] });
    stream.settle();
    stream.request('secrets', { subscribe: ['a'] });
    expect(stream.settle().map(summary)).toEqual(['secrets a@1']);
  });

  test('rule 9: on reconnecting, a name at the right version is skipped, the others are answered', () => {
    const world = new World({ secrets: [resource('a'), resource('b', '2'), resource('c')] });
    const stream = world.delta().request('secrets', { subscribe: ['a', 'b', 'c'], initial: { a: '1', b: '1' } });
    expect(stream.settle().map(summary)).toEqual(['secrets b@2', 'secrets c@1']);
  });

  test('rule 9: on reconnecting with everything, nothing at all is sent', () => {
    const world = new World({ clusters: [resource('a')], listeners: [resource('l')] });
    const stream = world
      .delta()
      .request('clusters', { initial: { a: '1' } })
      .request('listeners', { initial: { l: '1' } });
    expect(stream.pending()).toEqual([]);
  });

  test('rule 9: on reconnecting, what has gone meanwhile is removed', () => {
    const world = new World({ clusters: [resource('a')] });
    const stream = world.delta().request('clusters', { initial: { a: '1', zombie: '1' } });
    expect(stream.settle().map(summary)).toEqual(['clusters -zombie']);
  });

  test('rule 9: unsubscribing what was never subscribed does nothing; what `*` covers too is answered', () => {
    const world = new World({ clusters: [resource('a'), resource('b')] });
    const stream = world.delta().request('clusters', { subscribe: ['*', 'a', 'absent'] });
    expect(stream.settle().map(summary)).toEqual(['clusters a@1 b@1 -absent']);
    stream.request('clusters', { unsubscribe: ['b', 'phantom'] });
    expect(stream.pending()).toEqual([]);
    stream.request('clusters', { unsubscribe: ['a', 'absent'] });
    expect(stream.settle().map(summary)).toEqual(['clusters a@1 -absent']);
  });

  test('rule 9: a name that was given up before it was sent is answered when it is asked for again', () => {
    const stream = new World({ secrets: [resource('a')] }).delta();
    stream.request('secrets', { subscribe: ['a'] }).request('secrets', { unsubscribe: ['a'] });
    expect(stream.pending()).toEqual([]);
    stream.request('secrets', { subscribe: ['a'] });
    expect(stream.settle().map(summary)).toEqual(['secrets a@1']);
    stream.request('secrets', { unsubscribe: ['a'] }).request('secrets', { subscribe: ['a'] });
    expect(stream.settle().map(summary)).toEqual(['secrets a@1']);
  });

  test('rule 10: an absent name is remembered and sent when it appears', () => {
    const world = new World({ secrets: [] });
    const stream = world.delta().request('secrets', { subscribe: ['late'] });
    expect(stream.pending()).toEqual([]);
    world.publish({ secrets: [resource('late')] });
    expect(stream.settle().map(summary)).toEqual(['secrets late@1']);
  });

  test('rule 11: a missing cluster or endpoint is answered as removed at once; unknown types get no answer', () => {
    const world = new World({ clusters: [resource('a')] });
    const stream = world.delta().request('clusters', { subscribe: ['xdstp://unknown/name'] });
    expect(stream.settle().map(summary)).toEqual(['clusters -xdstp://unknown/name']);
    stream.request('endpoints', { subscribe: ['none'] });
    expect(stream.settle().map(summary)).toEqual(['endpoints -none']);
    stream.receive({
      protocol: 'delta',
      typeUrl: 'type.googleapis.com/unknown.Type',
      nonce: '',
      subscribe: ['a'],
      unsubscribe: [],
      initialVersions: new Map(),
    });
    expect(stream.pending()).toEqual([]);
  });

  test('rule 12: nothing is sent before the first snapshot, and everything asked for when it appears', () => {
    const world = new World();
    const stream = world
      .delta()
      .request('clusters')
      .request('secrets', { subscribe: ['s'] });
    expect(stream.pending()).toEqual([]);
    world.publish({ clusters: [resource('c')], secrets: [resource('s'), resource('other')] });
    expect(stream.settle().map(summary)).toEqual(['clusters c@1', 'secrets s@1']);
  });

  test('rule 12: a fresh Envoy is answered although there is nothing, or it would wait', () => {
    const world = new World({});
    expect(world.delta().request('clusters').request('listeners').settle().map(summary)).toEqual([
      'clusters',
      'listeners',
    ]);
  });
});

describe('delta responses', () => {
  test('rule 13: one secret per response, many in flight, and never more than the window', () => {
    const names = Array.from({ length: 100 }, (_, index) => `s${index}`);
    const world = new World({ secrets: names.map((name) => resource(name)) });
    const stream = world.delta().request('secrets', { subscribe: names });
    const first = stream.pending();
    expect(first).toHaveLength(WINDOW);
    expect(first.every((out) => out.batch.resources.size === 1)).toBe(true);
    for (const out of first) stream.ack(out);
    expect(stream.settle()).toHaveLength(100 - WINDOW);
  });

  test('rule 13: one bad secret of many costs the others nothing', () => {
    const world = new World({ secrets: ['a', 'b', 'c'].map((name) => resource(name)) });
    const stream = world.delta().request('secrets', { subscribe: ['a', 'b', 'c'] });
    const [a, b, c] = stream.pending();
    if (!a || !b || !c) throw new Error('three responses expected');
    stream.ack(a).nack(b, KEY_MISMATCH).ack(c);
    expect(stream.pending()).toEqual([]);
    expect(world.nacks).toMatchObject([{ type: 'secrets', reason: 'secret-key-mismatch', rejected: [{ name: 'b' }] }]);
    expect(JSON.stringify(world.nacks)).not.toContain('X.509');
  });

  test('rule 24: a large configuration goes out in several responses', () => {
    const large = Buffer.alloc(RESPONSE_BYTES / 3, 1);
    const clusters = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ({ ...resource(name), any: large }));
    const stream = new World({ clusters }).delta().request('clusters');
    expect(stream.settle().map((out) => out.batch.resources.size)).toEqual([3, 3, 1]);
  });

  test('rule 23: a withdrawn secret goes with the listener that uses it, and nothing is said of the secret', () => {
    const listeners = [resource('l', '1', { secrets: ['s'] })];
    const world = new World({ secrets: [resource('s')], listeners });
    const stream = world
      .delta()
      .request('listeners')
      .request('secrets', { subscribe: ['s'] });
    stream.settle();
    world.publish({});
    expect(stream.settle().map(summary)).toEqual(['listeners -l']);
  });

  test('rule 22: nothing is ever said of an absent secret', () => {
    const world = new World({ secrets: [resource('s')] });
    const stream = world.delta().request('secrets', { subscribe: ['s', 'absent'] });
    expect(stream.settle().map(summary)).toEqual(['secrets s@1']);
    world.publish({ secrets: [] });
    expect(stream.pending()).toEqual([]);
    world.publish({ secrets: [resource('s')] });
    expect(stream.pending()).toEqual([]);
    world.publish({ secrets: [resource('s', '2')] });
    expect(stream.settle().map(summary)).toEqual(['secrets s@2']);
  });
});

describe('the order of pushes', () => {
  test('rule 19: clusters, endpoints, secrets; then listeners when those were answered; then routes', () => {
    const before = {
      clusters: [resource('c', '1', { endpoints: ['e'] })],
      endpoints: [resource('e')],
      secrets: [resource('s')],
      listeners: [resource('l', '1', { secrets: ['s'], routes: ['r'] })],
      routes: [resource('r')],
    };
    const world = new World(before);
    const stream = world
      .delta()
      .request('routes', { subscribe: ['r'] })
      .request('listeners')
      .request('secrets', { subscribe: ['s'] })
      .request('endpoints', { subscribe: ['e'] })
      .request('clusters');
    const seen: string[] = [];
    for (let batch = stream.pending(); batch.length > 0; batch = stream.pending()) {
      seen.push(batch.map(summary).join(', '));
      for (const out of batch) stream.ack(out);
    }
    // The second `s` is rule 21. Endpoints do not wait: Envoy answers a changed cluster only when it has them.
    expect(seen).toEqual(['clusters c@1, endpoints e@1, secrets s@1', 'listeners l@1, secrets s@1', 'routes r@1']);
  });

  test('rule 19: a cluster goes last, after the routes that used it were replaced and accepted', () => {
    const listeners = [resource('l', '1', { routes: ['r'] })];
    const world = new World({
      clusters: [resource('old')],
      listeners,
      routes: [resource('r', '1', { clusters: ['old'] })],
    });
    const stream = world
      .delta()
      .request('clusters')
      .request('listeners')
      .request('routes', { subscribe: ['r'] });
    stream.settle();
    world.publish({ clusters: [resource('new')], listeners, routes: [resource('r', '2', { clusters: ['new'] })] });
    expect(stream.settle().map(summary)).toEqual(['clusters new@1', 'routes r@2', 'clusters -old']);
  });

  test('rule 19: a cluster stays until Envoy has asked for the routes of the listener that replaces its user', () => {
    const world = new World({
      clusters: [resource('old')],
      listeners: [resource('l', '1', { routes: ['r1'] })],
      routes: [resource('r1', '1', { clusters: ['old'] })],
    });
    const stream = world
      .delta()
      .request('clusters')
      .request('listeners')
      .request('routes', { subscribe: ['r1'] });
    stream.settle();
    world.publish({
      clusters: [resource('new')],
      listeners: [resource('l', '2', { routes: ['r2'] })],
      routes: [resource('r2', '1', { clusters: ['new'] })],
    });
    expect(stream.settle().map(summary)).toEqual(['clusters new@1', 'listeners l@2']);
    stream.request('routes', { subscribe: ['r2'], unsubscribe: ['r1'] });
    expect(stream.settle().map(summary)).toEqual(['routes r2@1', 'clusters -old']);
  });

  test('rule 19: a removal does not wait for what only a listener that is gone referred to', () => {
    const listener = resource('l', '1', { secrets: ['s'] });
    const world = new World({ clusters: [resource('old')], secrets: [resource('s')], listeners: [listener] });
    const stream = world
      .delta()
      .request('clusters')
      .request('listeners')
      .request('secrets', { subscribe: ['other'] });
    stream.settle();
    // Nobody has asked for the secret, and nobody will.
    world.publish({ clusters: [resource('new')], secrets: [resource('s')] });
    expect(stream.settle().map(summary)).toEqual(['clusters new@1', 'listeners -l', 'clusters -old']);
  });

  test('rule 19: a listener that goes makes room in the same response for the one that takes its address', () => {
    const world = new World({ listeners: [resource('old')] });
    const stream = world.delta().request('listeners');
    stream.settle();
    world.publish({ listeners: [resource('new')] });
    expect(stream.settle().map(summary)).toEqual(['listeners new@1 -old']);
  });

  test('rule 19: a client that refuses does not hold up what follows', () => {
    const world = new World({ clusters: [resource('c')], listeners: [resource('l')] });
    const stream = world.delta().request('clusters').request('listeners');
    stream.nack(stream.next());
    expect(stream.settle().map(summary)).toEqual(['listeners l@1']);
  });

  test('rule 20: the endpoints of changed clusters, and only those, are sent again', () => {
    const endpoints = [resource('e1'), resource('e2')];
    const second = resource('c2', '1', { endpoints: ['e2'] });
    const world = new World({ clusters: [resource('c1', '1', { endpoints: ['e1'] }), second], endpoints });
    const stream = world
      .delta()
      .request('clusters')
      .request('endpoints', { subscribe: ['e1', 'e2'] });
    stream.settle();
    world.publish({ clusters: [resource('c1', '2', { endpoints: ['e1'] }), second], endpoints });
    expect(stream.settle().map(summary)).toEqual(['clusters c1@2', 'endpoints e1@1']);
  });

  test('rule 20: endpoints that a broken stream still owed are sent although the client has that version', () => {
    const endpoints = [resource('e')];
    const world = new World({ clusters: [resource('c', '1', { endpoints: ['e'] })], endpoints });
    const stream = world
      .delta()
      .request('clusters')
      .request('endpoints', { subscribe: ['e'] });
    stream.settle();
    world.publish({ clusters: [resource('c', '2', { endpoints: ['e'] })], endpoints });
    stream.ack(stream.next());
    expect(summary(stream.next())).toBe('endpoints e@1');
    world.close(stream);
    const reconnected = (): string[] =>
      world
        .delta()
        .request('clusters', { initial: { c: '2' } })
        .request('endpoints', { subscribe: ['e'], initial: { e: '1' } })
        .settle()
        .map(summary);
    expect(reconnected()).toEqual(['endpoints e@1']);
    expect(reconnected()).toEqual([]);
  });

  test('rule 20: also on reconnecting, where clusters are asked for before their endpoints', () => {
    const world = new World({ clusters: [resource('c', '2', { endpoints: ['e'] })], endpoints: [resource('e')] });
    const stream = world.delta().request('clusters', { initial: { c: '1' } });
    expect(summary(stream.next())).toBe('clusters c@2');
    stream.request('endpoints', { subscribe: ['e'], initial: { e: '1' } });
    expect(stream.settle().map(summary)).toEqual(['endpoints e@1']);
  });

  test.each(['listeners', 'clusters'] as const)('rule 21: the secrets of changed %s are sent again', (type) => {
    const secrets = [resource('s1'), resource('s2')];
    const world = new World({ [type]: [resource('p', '1', { secrets: ['s1'] })], secrets });
    const stream = world
      .delta()
      .request(type)
      .request('secrets', { subscribe: ['s1', 's2'] });
    stream.settle();
    world.publish({ [type]: [resource('p', '2', { secrets: ['s1'] })], secrets });
    expect(stream.settle().map(summary)).toEqual([`${type} p@2`, 'secrets s1@1']);
  });

  test('rotating a secret sends that secret and nothing else', () => {
    const listeners = [resource('l', '1', { secrets: ['s'] })];
    const world = new World({ listeners, secrets: [resource('s')] });
    const stream = world
      .delta()
      .request('clusters')
      .request('listeners')
      .request('secrets', { subscribe: ['s'] });
    stream.settle();
    world.publish({ listeners, secrets: [resource('s', '2')] });
    expect(stream.settle().map(summary)).toEqual(['secrets s@2']);
  });
});
