import { parseService } from '../../src/resolution/service-reference';

test.each([
  ['quote', { host: 'quote' }],
  ['quote.team', { host: 'quote.team' }],
  ['quote:8080', { host: 'quote', port: 8080 }],
  ['http://quote', { scheme: 'http', host: 'quote' }],
  ['https://quote:8443', { scheme: 'https', host: 'quote', port: 8443 }],
  ['HTTPS://Quote', { scheme: 'https', host: 'Quote' }],
  ['quote.example.com.', { host: 'quote.example.com.' }],
  ['10.0.0.1:80', { host: '10.0.0.1', port: 80 }],
  ['[::1]:80', { host: '::1', port: 80 }],
  ['https://[2001:db8::1]', { scheme: 'https', host: '2001:db8::1' }],
  ['quote/', { host: 'quote' }],
  ['https://quote/path?x', { scheme: 'https', host: 'quote', ignoredPath: '/path?x' }],
  [' quote ', { host: 'quote' }],
  ['under_score_', { host: 'under_score_' }],
])('%j is read', (text, service) => expect(parseService(text)).toEqual({ ok: true, service }));

test.each([
  ['', 'is not of the form'],
  ['https://', 'the port "" is not a number'],
  ['tcp://quote', 'the scheme tcp:// is not known'],
  ['javascript://x', 'the scheme javascript:// is not known'],
  ['quote:http', 'the port "http" is not a number'],
  ['quote:', 'the port "" is not a number'],
  ['quote:0', 'is not a number from 1 to 65535'],
  ['quote:65536', 'is not a number from 1 to 65535'],
  ['quote:8080:1', 'the port "8080:1"'],
  ['quo te', 'is not of the form'],
  ['-quote', 'is not a host name'],
  ['*.example.com', 'is not a host name'],
  ['user@quote', 'a name or password before an @'],
  ['https://user:pass@quote:1', 'a name or password before an @'],
  ['::1', 'is not of the form'],
])('%j is refused with words', (text, problem) => {
  const parsed = parseService(text);
  expect(parsed).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  expect(JSON.stringify(parsed)).not.toContain('pass@');
});
