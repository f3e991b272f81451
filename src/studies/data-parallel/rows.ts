import type { NamedValues, TensorValues } from '../../engine/index.ts';

/** The rows of a batch of B that are those of one of its shards. */
export function shardOf(batch: NamedValues, B: number, rank: number, size: number): NamedValues {
  return mapValues(batch, (values) => {
    const perShard = (values.length / B) * (B / size);
    return values.slice(rank * perShard, (rank + 1) * perShard);
  });
}

/** The rows of a batch, the last one first. */
export function reversed(batch: NamedValues, B: number): NamedValues {
  return mapValues(batch, (values) => {
    const width = values.length / B;
    return values.map((_, at) => values[(B - 1 - Math.floor(at / width)) * width + (at % width)]);
  });
}

function mapValues(batch: NamedValues, f: (values: TensorValues) => TensorValues): NamedValues {
  return Object.fromEntries(Object.entries(batch).map(([name, values]) => [name, f(values)]));
}
