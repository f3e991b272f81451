import type { Coordinates, GatheredArtifact } from '../../pipe/pipeline/contract.ts';
import { numbers, utf8 } from '../../tables/column.ts';
import { readTable } from '../../tables/read.ts';
import { writeTable } from '../../tables/write.ts';
import type { Floor } from './floor.ts';

/** The floor of one game and dimension, as its table holds it. */
interface FloorRow extends Floor {
  /** Which theory gives the exact floor; undefined if the vectors were optimised. */
  readonly theory: string | undefined;
  /** Number of distinct answer sets, fitted and held out. */
  readonly fittedSets: number;
  readonly heldOutSets: number;
}

/** A floor with its coordinates. */
export interface GameFloor extends FloorRow {
  readonly deck: number;
  readonly game: string;
  readonly dim: number | undefined;
}

/** Writes a table of one row. */
export function writeFloor(path: string, floor: FloorRow): void {
  const one = (value: number) => numbers('float64', [value]);
  writeTable(path, {
    columns: {
      theory: utf8([floor.theory ?? null]),
      kl: one(floor.heldOut.kl),
      overlap: one(floor.heldOut.overlap),
      klFitted: one(floor.fitted.kl),
      overlapFitted: one(floor.fitted.overlap),
      klWorstRestart: one(floor.worstKl),
      fittedSets: numbers('uint32', [floor.fittedSets]),
      heldOutSets: numbers('uint32', [floor.heldOutSets]),
    },
  });
}

/** Reads the gathered tables of one row. */
export function readFloors(artifacts: readonly GatheredArtifact[]): readonly GameFloor[] {
  return artifacts.map(({ path, axes }) => readFloor(path, axes));
}

function readFloor(path: string, axes: Coordinates): GameFloor {
  const table = readTable(path, 'floor');
  const one = (name: string) => table.numbers(name, 'float64')[0];
  const [theory] = table.values('theory');
  return {
    deck: Number(axes.deck),
    game: String(axes.game),
    dim: axes.dim === undefined ? undefined : Number(axes.dim),
    theory: theory === null ? undefined : String(theory),
    heldOut: { kl: one('kl'), overlap: one('overlap') },
    fitted: { kl: one('klFitted'), overlap: one('overlapFitted') },
    worstKl: one('klWorstRestart'),
    fittedSets: table.numbers('fittedSets', 'uint32')[0],
    heldOutSets: table.numbers('heldOutSets', 'uint32')[0],
  };
}
