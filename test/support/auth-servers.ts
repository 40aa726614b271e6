import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ServerUnaryCall } from '@grpc/grpc-js';
import type { EnvoyMessages } from '../../src/protos';
import { GrpcService, unary } from './grpc-service';
import type { UpstreamTls } from './upstream';

/** What an authentication server was asked. */
export interface Question {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Common name of the client certificate that it was asked with. */
  readonly client?: string;
  /** What the route says of itself. */
  readonly extensions: Readonly<Record<string, string>>;
}

export interface AuthServer {
  readonly port: number;
  /** Oldest first. */
  readonly questions: readonly Question[];
  stop(): Promise<void>;
}

/** Lets in who says `authorization: good`, and tells the upstream that it is alice. */
const GOOD = 'good';

/** An authentication server of `proto: http`: 200 lets in, and anything else is the client's answer. */
export async function httpAuthServer(tls?: UpstreamTls, port = 0): Promise<AuthServer> {
  const questions: Question[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      questions.push(question(request, Buffer.concat(chunks).toString()));
      if (request.headers.authorization === GOOD) response.setHeader('x-user', 'alice').end();
      else response.writeHead(403, { 'www-authenticate': 'Test', 'x-secret': 'no' }).end('not you\n');
    });
  };
  const server =
    tls === undefined
      ? createHttpServer(answer)
      : createHttpsServer({ cert: tls.cert, key: tls.key, ca: tls.clientCa, requestCert: true }, answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { port: (server.address() as AddressInfo).port, questions, stop: () => stopped(server) };
}

function question(request: IncomingMessage, body: string): Question {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const client = request.socket instanceof TLSSocket ? request.socket.getPeerCertificate().subject?.CN : undefined;
  return {
    path: request.url ?? '',
    headers,
    body,
    extensions: {},
    ...(client !== undefined && { client: String(client) }),
  };
}

async function stopped(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

type CheckRequest = EnvoyMessages['envoy.service.auth.v3.CheckRequest'];
type CheckResponse = EnvoyMessages['envoy.service.auth.v3.CheckResponse'];

const PERMISSION_DENIED = 7;

/** An authentication server of `proto: grpc`. */
export async function grpcAuthServer(tls?: UpstreamTls, port = 0): Promise<AuthServer> {
  const questions: Question[] = [];
  const Check = unary<CheckRequest, CheckResponse>((request, call) => {
    const asked = grpcQuestion(request, call);
    questions.push(asked);
    return asked.headers['authorization'] === GOOD
      ? { status: { code: 0 }, ok_response: { headers: [{ header: { key: 'x-user', value: 'alice' } }] } }
      : {
          status: { code: PERMISSION_DENIED },
          denied_response: { status: { code: 'Unauthorized' }, body: 'not you\n' },
        };
  });
  const service = await GrpcService.start('envoy.service.auth.v3.Authorization', { Check }, tls, port);
  return { port: service.port, questions, stop: () => service.stop() };
}

function grpcQuestion({ attributes }: CheckRequest, call: ServerUnaryCall<unknown, unknown>): Question {
  const { path, headers, body } = attributes?.request?.http ?? {};
  const client = call.getAuthContext()?.sslPeerCertificate?.subject.CN;
  return {
    path: path ?? '',
    headers: headers ?? {},
    body: body ?? '',
    extensions: attributes?.context_extensions ?? {},
    ...(client !== undefined && { client: String(client) }),
  };
}
