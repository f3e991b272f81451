import { type GraphNode, sizeOf, type Value } from '../graph/graph.ts';
import type { EncodedModel } from '../onnx/encode.ts';
import { type NativeSession, openNativeSession } from '../onnx/onnxruntime.ts';
import { SESSION_OPTIONS } from '../onnx/session.ts';

/** What the sessions of the eager backend may take together, by estimate. */
const MAX_BYTES = 256 * 2 ** 20;
/** ONNX Runtime's objects for a session and for a node, as measured. */
const SESSION_BYTES = 200_000;
const NODE_BYTES = 10_000;

interface CachedSession {
  readonly session: NativeSession;
  readonly bytes: number;
}

/** Most recently used last. */
const sessions = new Map<string, CachedSession>();
let total = 0;

/**
 * The session of a model, from a cache of the most recently used.
 *
 * @param key a text that equal models share
 */
export function sessionOf(key: string, model: () => EncodedModel): NativeSession {
  const cached = sessions.get(key) ?? open(key, model());
  sessions.delete(key);
  sessions.set(key, cached);
  for (const oldKey of sessions.keys()) {
    if (total <= MAX_BYTES || oldKey === key) break;
    release(oldKey);
  }
  return cached.session;
}

/** Frees the sessions of the eager backend. */
export function freeCachedSessions(): void {
  for (const key of [...sessions.keys()]) release(key);
}

/** Estimated bytes of the cached sessions, and their number. */
export function cachedSessions(): { readonly bytes: number; readonly count: number } {
  return { bytes: total, count: sessions.size };
}

function open(key: string, model: EncodedModel): CachedSession {
  const session = openNativeSession(model.bytes, SESSION_OPTIONS);
  const bytes = estimatedBytes(model) + key.length;
  total += bytes;
  return { session, bytes };
}

function release(key: string): void {
  const cached = sessions.get(key);
  if (cached === undefined) return;
  sessions.delete(key);
  total -= cached.bytes;
  cached.session.dispose();
}

/**
 * The arena of a session keeps the most that the results of nodes took together in a run, and as it grows
 * by doubling up to twice as much.
 */
function estimatedBytes({ bytes, nodes }: EncodedModel): number {
  return SESSION_BYTES + bytes.byteLength + nodes.length * NODE_BYTES + 2 * peakBytes(nodes);
}

/** The most that results take at the same time, when nodes run in order and each is freed after its last reader. */
function peakBytes(nodes: readonly GraphNode[]): number {
  const lastReader = new Map<Value, GraphNode>();
  for (const node of nodes) for (const value of node.inputs) if (value) lastReader.set(value, node);
  let [live, peak] = [0, 0];
  for (const node of nodes) {
    live += bytesOf(node.outputs);
    peak = Math.max(peak, live);
    const read = node.inputs.filter(
      (value) => value?.source.kind === 'node' && lastReader.get(value) === node,
    );
    live -= bytesOf([...new Set(read)]);
  }
  return peak;
}

function bytesOf(values: readonly (Value | undefined)[]): number {
  return values.reduce(
    (sum, value) => sum + (value === undefined ? 0 : sizeOf(value.shape) * 4),
    0,
  );
}
