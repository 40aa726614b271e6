import { Socket } from 'node:net';
import { HandshakeTurns } from '../../src/xds/handshake-turns';

const PLACES = 12;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function crowd(size: number) {
  const begun: Socket[] = [];
  const turns = new HandshakeTurns((socket) => begun.push(socket));
  const sockets = Array.from({ length: size }, () => new Socket());
  for (const socket of sockets) turns.add(socket);
  // Immediates only: no tick of ten milliseconds has passed.
  jest.advanceTimersByTime(0);
  return { begun, turns, sockets };
}

test('of a crowd, a few begin their handshake, in the order in which they came', () => {
  const { begun, sockets } = crowd(50);
  expect(begun).toEqual(sockets.slice(0, PLACES));
});

test('one that ends makes place for the next, in another turn of the loop', () => {
  const { begun, turns, sockets } = crowd(50);
  turns.delete(sockets[3] ?? new Socket());
  expect(begun).toHaveLength(PLACES);
  jest.advanceTimersByTime(0);
  expect(begun).toEqual(sockets.slice(0, PLACES + 1));
});

test('one that goes away before its turn never begins', () => {
  const { begun, turns, sockets } = crowd(PLACES + 2);
  const gone = sockets[PLACES] ?? new Socket();
  turns.delete(gone);
  turns.delete(sockets[0] ?? new Socket());
  jest.advanceTimersByTime(0);
  expect(begun).toHaveLength(PLACES + 1);
  expect(begun).not.toContain(gone);
});

test('clients that say nothing lose their places, and everybody gets a turn', () => {
  const { begun, sockets } = crowd(1_000);
  jest.runAllTimers();
  expect(begun).toEqual(sockets);
  expect(jest.getTimerCount()).toBe(0);
});
