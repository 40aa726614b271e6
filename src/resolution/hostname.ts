/**
 * Hostname globs as Ambassador has them: a full name, or one `*` at the start or the end. `*` alone is everything.
 * Names are compared without regard to case (RFC 9110 §4.2.3).
 */
export type HostnameGlob = string;

const LABEL = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i;

/** Whether Envoy accepts it as a virtual host's domain. A port may follow the name. */
export function isHostnameGlob(glob: HostnameGlob): boolean {
  if (glob === '*') return true;
  if (glob.length > 253 + ':65535'.length) return false;
  const star = glob.indexOf('*');
  if (star !== glob.lastIndexOf('*') || (star > 0 && star !== glob.length - 1)) return false;
  if (glob.startsWith('[')) return /^\[[0-9a-f:.]+\](:\d{1,5})?$/i.test(glob);
  const name = glob
    .replace(/^\*[.-]?/, '')
    .replace(/[.-]?\*$/, '')
    .replace(/:\d{1,5}$/, '');
  return name.split('.').every((label) => LABEL.test(label));
}

/** The name in something that is none as it is written: a URL, or a name with blanks around it or the root's dot. Else what is written. */
export function meantHostname(text: string): HostnameGlob {
  if (isHostnameGlob(text)) return text;
  const name = text
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/\/.*$/, '')
    .replace(/\.$/, '');
  return isHostnameGlob(name) ? name : text;
}

/** Whether it can be matched against a client's SNI: a full name, `*` or `*.suffix`, without a port. */
export function isServerName(glob: HostnameGlob): boolean {
  return isHostnameGlob(glob) && !glob.includes(':') && (!glob.includes('*') || glob === '*' || glob.startsWith('*.'));
}

/** The SNI under which a Host is reached: its hostname without the port. */
export function serverNameOf(hostname: HostnameGlob): HostnameGlob {
  return hostname.replace(/:\d+$/, '').toLowerCase();
}

/** Whether some name matches both globs. This is how Ambassador associates Mappings with Hosts. */
export function overlaps(a: HostnameGlob, b: HostnameGlob): boolean {
  if (a === '*' || b === '*') return true;
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  if (left === right) return true;
  const leftStar = starOf(left);
  const rightStar = starOf(right);
  if (leftStar === 'none') return covers(right, left);
  if (rightStar === 'none') return covers(left, right);
  if (leftStar !== rightStar) return true;
  const [x, y] = [literalOf(left), literalOf(right)];
  return leftStar === 'start' ? x.endsWith(y) || y.endsWith(x) : x.startsWith(y) || y.startsWith(x);
}

/** Whether every name that matches `narrow` matches `wide` too. */
export function covers(wide: HostnameGlob, narrow: HostnameGlob): boolean {
  if (wide === '*') return true;
  const [outer, inner] = [wide.toLowerCase(), narrow.toLowerCase()];
  if (outer === inner) return true;
  const literal = literalOf(inner);
  switch (starOf(outer)) {
    case 'start':
      return starOf(inner) !== 'end' && literal.endsWith(literalOf(outer)) && inner.length > literalOf(outer).length;
    case 'end':
      return (
        starOf(inner) !== 'start' && literal.startsWith(literalOf(outer)) && inner.length > literalOf(outer).length
      );
    case 'none':
      return false;
  }
}

function starOf(glob: HostnameGlob): 'start' | 'end' | 'none' {
  if (glob.startsWith('*')) return 'start';
  return glob.endsWith('*') ? 'end' : 'none';
}

function literalOf(glob: HostnameGlob): string {
  const from = glob.startsWith('*') ? 1 : 0;
  return glob.slice(from, glob.length > from && glob.endsWith('*') ? -1 : glob.length);
}
