import type { GatheredArtifact } from '../../pipe/pipeline/contract.ts';
import { fixedSizeList, numbers } from '../../tables/column.ts';
import { readTable } from '../../tables/read.ts';
import { writeTable } from '../../tables/write.ts';
import type { Example } from './examples.ts';

/** Writes one row per example. @param keys K */
export function writeExamples(path: string, examples: readonly Example[], keys: number): void {
  const isTrue = new Uint8Array(examples.length * keys);
  const mass = new Float32Array(examples.length * keys);
  examples.forEach((example, i) => {
    isTrue.set(example.isTrue, i * keys);
    mass.set(example.mass, i * keys);
  });
  writeTable(path, {
    columns: {
      query: numbers(
        'uint32',
        examples.map(({ query }) => query),
      ),
      trueKeys: numbers(
        'uint16',
        examples.map((example) => example.trueKeys),
      ),
      isTrue: fixedSizeList('uint8', keys, isTrue),
      mass: fixedSizeList('float32', keys, mass),
    },
  });
}

/** An example and the model whose prediction it is. */
export interface ModelExample extends Example {
  readonly deck: number;
  readonly model: string;
  readonly dim: number | undefined;
}

/**
 * The predictions of all models of a game, for the smallest seed and one query: the one whose number
 * of true keys is nearest to `trueKeys`. Widest model first, the non-contrastive one last.
 */
export function readExamples(
  artifacts: readonly GatheredArtifact[],
  game: string,
  trueKeys: number,
): readonly ModelExample[] {
  const ofGame = artifacts.filter(({ axes }) => axes.game === game);
  const seed = Math.min(...ofGame.map(({ axes }) => Number(axes.seed)));
  const examples = ofGame
    .filter(({ axes }) => Number(axes.seed) === seed)
    .map(({ path, axes }): ModelExample => {
      const table = readTable(path, 'evaluate');
      const sizes = table.numbers('trueKeys', 'uint16');
      const distance = (row: number) => Math.abs(sizes[row] - trueKeys);
      let nearest = 0;
      for (let row = 1; row < sizes.length; row++) {
        if (distance(row) < distance(nearest)) nearest = row;
      }
      const isTrue = table.fixedSizeLists('isTrue', 'uint8');
      const mass = table.fixedSizeLists('mass', 'float32');
      const [from, to] = [nearest * mass.size, (nearest + 1) * mass.size];
      return {
        deck: Number(axes.deck),
        model: String(axes.model),
        dim: axes.dim === undefined ? undefined : Number(axes.dim),
        query: table.numbers('query', 'uint32')[nearest],
        trueKeys: sizes[nearest],
        isTrue: isTrue.values.slice(from, to),
        mass: mass.values.slice(from, to),
      };
    });
  return examples.sort((a, b) => a.deck - b.deck || (b.dim ?? 0) - (a.dim ?? 0));
}
