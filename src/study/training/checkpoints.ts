import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { CurvePoint } from './curve.ts';

/** A training after `step` finished steps: everything that its remaining steps depend on. */
interface Snapshot {
  readonly step: number;
  readonly curve: readonly CurvePoint[];
  /** Parameters and moments. */
  readonly state: Readonly<Record<string, Float32Array>>;
}

/** Where a training keeps its last snapshot. */
export interface SnapshotStore {
  load(): Snapshot | undefined;
  save(snapshot: Snapshot): void;
}

const MAGIC = 'shatter-checkpoint-1';

/**
 * Snapshots in one file of `folder`: a JSON line (step, curve, names and sizes, digest of what
 * follows), then the numbers of all tensors. It is written to a second file, flushed and renamed, so
 * that a killed process leaves the old one or the new one. A damaged file is reported and ignored.
 */
export function snapshotsIn(folder: string, log: (message: string) => void): SnapshotStore {
  const path = join(folder, 'training.checkpoint');
  return {
    load() {
      if (!existsSync(path)) return undefined;
      const snapshot = decode(readFileSync(path));
      if (snapshot === undefined) log(`${path} is damaged: training restarts from step 0`);
      return snapshot;
    },
    save(snapshot) {
      const unfinished = `${path}.new`;
      const file = openSync(unfinished, 'w');
      try {
        for (const part of encode(snapshot)) writeSync(file, part);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(unfinished, path);
    },
  };
}

function encode({ step, curve, state }: Snapshot): readonly Uint8Array[] {
  const tensors = Object.values(state).map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  const header = {
    magic: MAGIC,
    step,
    curve,
    sizes: Object.entries(state).map(([name, { length }]) => [name, length] as const),
    digest: digestOf(tensors),
  };
  // Padded so that the numbers start at a multiple of four bytes.
  const text = JSON.stringify(header);
  const padding = ' '.repeat(3 - (Buffer.byteLength(text) % 4));
  return [Buffer.from(`${text}${padding}\n`), ...tensors];
}

function decode(bytes: Buffer): Snapshot | undefined {
  try {
    const end = bytes.indexOf('\n');
    const header = JSON.parse(bytes.toString('utf8', 0, end));
    const numbers = new Uint8Array(bytes.subarray(end + 1));
    if (header.magic !== MAGIC || header.digest !== digestOf([numbers])) return undefined;
    const all = new Float32Array(numbers.buffer);
    const state: Record<string, Float32Array> = {};
    let offset = 0;
    for (const [name, length] of header.sizes) {
      state[name] = all.slice(offset, offset + length);
      offset += length;
    }
    return { step: header.step, curve: header.curve, state };
  } catch {
    return undefined;
  }
}

function digestOf(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
