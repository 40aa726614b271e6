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
