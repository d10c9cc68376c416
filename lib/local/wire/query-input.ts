import { AwsError } from './aws-error.js';

/** Maximum nesting depth of an input. No supported API needs more. */
const DEPTH_MAX = 20;

/** A value, or a nested object or list with its members by name. */
type Node = string | Map<string, Node>;

/**
 * Converts the parameters of the Query protocol to an object: `Tags.member.1.Key=a` becomes `{ Tags: [{ Key: 'a' }]
 * }`. All values are strings.
 * @throws AwsError `InvalidQueryParameter`
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function parseQueryInput(parameters: Iterable<readonly [name: string, value: string]>): object {
  const root = new Map<string, Node>();
  for (const [name, value] of parameters) add(root, name, value);
  return objectOf(root);
}

function add(root: Map<string, Node>, name: string, value: string): void {
  const parts = name.split('.');
  const last = parts.pop() ?? '';
  if (parts.length >= DEPTH_MAX) throw invalidParameter(name);
  let members = root;
  for (const part of parts) {
    const below = members.get(part) ?? new Map<string, Node>();
    if (typeof below === 'string') throw invalidParameter(name);
    members.set(part, below);
    members = below;
  }
  if (members.has(last)) throw invalidParameter(name);
  members.set(last, value);
}

function valueOf(node: Node): unknown {
  if (typeof node === 'string') return node;
  const entries = node.get('member');
  if (node.size === 1 && entries instanceof Map && [...entries.keys()].every(isPosition)) {
    const inOrder = [...entries].sort(([left], [right]) => Number(left) - Number(right));
    return inOrder.map(([, entry]) => valueOf(entry));
  }
  return objectOf(node);
}

function objectOf(members: ReadonlyMap<string, Node>): object {
  return Object.fromEntries([...members].map(([name, node]) => [name, valueOf(node)]));
}

function isPosition(name: string): boolean {
  return /^[1-9]\d{0,5}$/.test(name);
}

function invalidParameter(name: string): AwsError {
  return new AwsError(
    'InvalidQueryParameter',
    `The parameter ${name} contradicts another parameter, or is nested too deeply.`,
  );
}
