import type { Socket } from 'node:net';

/** A client that is silent for longer is none of HTTP/2, in milliseconds. */
const SILENCE_MS = 10_000;

/**
 * Calls `heard` when the client of a connection has begun to speak, as every client of HTTP/2 does at once (RFC 9113 §3.4), and ends
 * the connection if it does not. What it has said stays in the socket. To serve a connection takes far longer than to accept it, and
 * most of that when it speaks: it is spread over time only if both come together.
 */
export function onFirstWords(socket: Socket, heard: () => void): void {
  const silence = setTimeout(() => socket.destroy(), SILENCE_MS).unref();
  socket.once('close', () => clearTimeout(silence));
  socket.once('readable', () => {
    clearTimeout(silence);
    heard();
  });
}

/**
 * Makes one buffer of what has been said so far. Node's HTTP/2 takes over buffer by buffer what the socket holds already, and in Node 26 ends the
 * process where the first of several ends the session (`Http2Session`, `kHandle`).
 */
export function gatherWords(socket: Socket): void {
  const said: unknown = socket.read(socket.readableLength);
  if (Buffer.isBuffer(said)) socket.unshift(said);
}
