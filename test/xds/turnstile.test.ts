import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { type Entrant, Turnstile } from '../../src/xds/turnstile';

class Stream extends EventEmitter implements Entrant {
  settled = false;
  requests = 1;
  entered = false;

  enter(): void {
    this.entered = true;
    this.emit('entered');
  }
}

const streams = (count: number) => Array.from({ length: count }, () => new Stream());
const entered = (all: readonly Stream[]) => all.filter((stream) => stream.entered).length;

test('a few at a time, in order; who is served makes room', async () => {
  const turnstile = new Turnstile();
  const all = streams(40);
  for (const stream of all) turnstile.arrive(stream);
  expect(entered(all)).toBe(32);
  expect(all.slice(0, 32).every((stream) => stream.entered)).toBe(true);
  const next = all[32];
  const first = all[0];
  if (next === undefined || first === undefined) throw new Error('no streams');
  first.settled = true;
  await once(next, 'entered');
  expect(turnstile.waiting).toBe(40 - entered(all));
  for (const stream of all) turnstile.leave(stream);
});

test('who leaves makes room, and whoever left while waiting never enters', () => {
  const turnstile = new Turnstile();
  const all = streams(34);
  for (const stream of all) turnstile.arrive(stream);
  const [inside, , ...rest] = all;
  const [waiting, last] = rest.slice(-2);
  if (inside === undefined || waiting === undefined || last === undefined) throw new Error('no streams');
  turnstile.leave(waiting);
  turnstile.leave(inside);
  expect([waiting.entered, last.entered]).toEqual([false, true]);
  for (const stream of all) turnstile.leave(stream);
});

test('clients that answer nothing do not keep others out', async () => {
  const turnstile = new Turnstile();
  const silent = streams(32);
  const good = new Stream();
  for (const stream of silent) turnstile.arrive(stream);
  turnstile.arrive(good);
  expect(good.entered).toBe(false);
  await once(good, 'entered');
  for (const stream of [...silent, good]) turnstile.leave(stream);
});
