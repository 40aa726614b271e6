import type { EnvoyMessages } from '../../protos';
import { InvalidRequestError } from '../protocol/membership';

type NodeMatcher = EnvoyMessages['envoy.type.matcher.v3.NodeMatcher'];
type StringMatcher = EnvoyMessages['envoy.type.matcher.v3.StringMatcher'];

/**
 * Whether any of the matchers picks a node id; all do if there are none.
 *
 * @throws InvalidRequestError for metadata and regular expressions, rather than answering about nodes that were not meant.
 */
export function matchesNode(matchers: readonly NodeMatcher[], nodeId: string): boolean {
  return matchers.length === 0 || matchers.some((matcher) => matchesOne(matcher, nodeId));
}

function matchesOne({ node_id, node_metadatas = [] }: NodeMatcher, nodeId: string): boolean {
  if (node_metadatas.length > 0) throw new InvalidRequestError('nodes can be matched by node_id only');
  return !node_id || matchesText(node_id, nodeId);
}

function matchesText({ exact, prefix, suffix, contains, ignore_case, ...other }: StringMatcher, text: string): boolean {
  if (other.safe_regex || other.custom)
    throw new InvalidRequestError('node_id is matched by exact, prefix, suffix or contains');
  const fold = (value: string) => (ignore_case === true ? value.toLowerCase() : value);
  const folded = fold(text);
  if (exact !== undefined) return folded === fold(exact);
  if (prefix !== undefined) return folded.startsWith(fold(prefix));
  if (suffix !== undefined) return folded.endsWith(fold(suffix));
  return contains === undefined || folded.includes(fold(contains));
}
