import type { GatheredArtifact } from '../../pipe/pipeline/contract.ts';
import { readRows } from '../../tables/records.ts';
import {
  ATTENTION_TABLE,
  POINT_TABLE,
  type PointRow,
  type Split,
  TRANSLATION_TABLE,
  type TranslationRun,
} from './tables.ts';

interface Gathered {
  readonly curves: readonly GatheredArtifact[];
  readonly translations: readonly GatheredArtifact[];
  readonly attention: readonly GatheredArtifact[];
}

/** Trainings by seed. @throws Error if one lacks a table */
export function readRuns({ curves, translations, attention }: Gathered): readonly TranslationRun[] {
  return curves.map(({ path, axes }) => {
    const ofSeed = (artifacts: readonly GatheredArtifact[]) => {
      const found = artifacts.find((artifact) => artifact.axes.seed === axes.seed);
      if (found === undefined) throw new Error(`seed ${axes.seed} has a curve and no other table`);
      return found.path;
    };
    return {
      seed: Number(axes.seed),
      points: readRows(path, POINT_TABLE),
      translations: readRows(ofSeed(translations), TRANSLATION_TABLE),
      attention: readRows(ofSeed(attention), ATTENTION_TABLE),
    };
  });
}

/** The last evaluation. @throws RangeError if there is none */
export function endOf({ seed, points }: TranslationRun): PointRow {
  const end = points.at(-1);
  if (end === undefined) throw new RangeError(`the training of seed ${seed} was never evaluated`);
  return end;
}

/** Sentence BLEU of one part, in the order of its pairs. */
export function bleuOf({ translations }: TranslationRun, split: Split): readonly number[] {
  return translations.filter((row) => row.split === split).map(({ bleu }) => bleu);
}
