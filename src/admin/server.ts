import { once } from 'node:events';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { parseListenAddress } from '../xds';
import type { Metrics } from './metrics';
import type { StatusProvider } from './status-provider';

const PATHS = ['/healthz', '/readyz', '/metrics', '/status', '/certificates'] as const;

/** A browser can be made to send a POST to loopback, but not with a header of this kind: it would ask first, and be answered no. */
const CONFIRMATION = 'x-countersign-confirm';

/** The routes of the admin port, all but one of them read-only. */
export function adminApp(provider: StatusProvider, metrics: Metrics): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
  });
  app.get('/healthz', (context) => context.text('ok\n'));
  app.get('/readyz', (context) => (provider.ready() ? context.text('ready\n') : context.text('not ready\n', 503)));
  app.get('/metrics', async (context) =>
    context.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType }),
  );
  app.get('/status', (context) => context.body(json(provider.status()), 200, { 'content-type': 'application/json' }));
  app.get('/certificates', (context) =>
    context.body(json(provider.certificates()), 200, { 'content-type': 'application/json' }),
  );
  app.post('/deletions/:token', (context) => {
    if (context.req.header(CONFIRMATION) !== 'yes')
      return context.text(`the header ${CONFIRMATION}: yes is missing\n`, 403);
    return provider.confirmDeletion(context.req.param('token'))
      ? context.text('the definitions are let go\n')
      : context.text('no deletion with that token is held back\n', 404);
  });
  app.notFound((context) => context.text(`not found; there is ${PATHS.join(', ')}\n`, 404));
  // The error's text could hold anything.
  app.onError((_error, context) => context.text('internal error\n', 500));
  return app;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Health, metrics and status over HTTP. Belongs on loopback: it authenticates nobody. */
export class AdminServer {
  readonly #server: ServerType;

  constructor(provider: StatusProvider, metrics: Metrics) {
    this.#server = createAdaptorServer({ fetch: adminApp(provider, metrics).fetch, overrideGlobalObjects: false });
  }

  /**
   * Listens on `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`; returns the port, which is known only now if it was 0.
   *
   * @throws Error if the address can not be listened on.
   */
  async listen(address: string): Promise<{ readonly port: number }> {
    this.#server.listen(parseListenAddress(address));
    await once(this.#server, 'listening');
    const bound = this.#server.address();
    return { port: typeof bound === 'object' && bound !== null ? bound.port : 0 };
  }

  /** Takes no new requests, and ends when those under way have been answered. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    if ('closeIdleConnections' in this.#server) this.#server.closeIdleConnections();
    await closed;
  }
}
