// The application behind the sidecar: it answers each request with what it saw of it.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  const { method, url: path, headers } = request;
  response.setHeader('content-type', 'application/json').end(`${JSON.stringify({ method, path, headers }, null, 2)}\n`);
});
server.listen(8000);
process.on('SIGTERM', () => server.close(() => process.exit()));
