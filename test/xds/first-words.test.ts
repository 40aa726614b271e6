import { Socket } from 'node:net';
import { gatherWords, onFirstWords } from '../../src/xds/first-words';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A connection whose client says only what `push` is told. */
function connection() {
  const socket = new Socket();
  socket._read = () => {};
  const heard = jest.fn();
  onFirstWords(socket, heard);
  return { socket, heard };
}

test('who speaks is heard, and what was said is still there', async () => {
  const { socket, heard } = connection();
  expect(heard).not.toHaveBeenCalled();
  const readable = new Promise((resolve) => socket.once('readable', resolve));
  socket.push('PRI');
  await readable;
  expect(heard).toHaveBeenCalledTimes(1);
  expect(String(socket.read())).toBe('PRI');
  jest.advanceTimersByTime(60_000);
  expect(socket.destroyed).toBe(false);
});

test('who says nothing for ten seconds is cut off', () => {
  const { socket, heard } = connection();
  jest.advanceTimersByTime(9_999);
  expect(socket.destroyed).toBe(false);
  jest.advanceTimersByTime(1);
  expect(socket.destroyed).toBe(true);
  expect(heard).not.toHaveBeenCalled();
});

test('one that goes away leaves no timer behind', async () => {
  const { socket } = connection();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.destroy();
  await closed;
  expect(jest.getTimerCount()).toBe(0);
});

// Before Node 26, `read` joins them by itself.
test('what was said in several pieces is one buffer for HTTP/2', () => {
  const { socket } = connection();
  socket.push('PRI * ');
  socket.push('HTTP/2.0');
  gatherWords(socket);
  expect(socket.readableLength).toBe(14);
  expect(socket.read()).toEqual(Buffer.from('PRI * HTTP/2.0'));
  expect(socket.read()).toBeNull();
});

test('who has said nothing has nothing to gather', () => {
  const { socket } = connection();
  gatherWords(socket);
  expect(socket.readableLength).toBe(0);
});
