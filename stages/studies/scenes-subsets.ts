import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { WORLD_PARAMS } from '../../src/studies/scenes/params.ts';
import { countSubsets } from '../../src/studies/scenes/subsets.ts';
import { SUBSET_TABLE } from '../../src/studies/scenes/tables.ts';
import { drawScenes } from '../../src/studies/scenes/world.ts';
import { writeRows } from '../../src/tables/records.ts';

/** How many different sets of scenes queries of each depth of the grammar select, exactly. */
export default defineStage({
  params: z.strictObject({
    ...WORLD_PARAMS,
    /** Atoms of a conjunction, or scenes of a list, at most. */
    depths: z.int().min(1),
    /** Pairs of sets that are intersected at most. */
    mostPairs: z.int().min(1),
  }),
  inputs: {},
  outputs: { subsets: 'subsets.arrow' },
  run({ params: { worldSeed, depths, mostPairs, ...world }, outputs }) {
    const scenes = drawScenes({ ...world, seed: worldSeed });
    writeRows(outputs.subsets, SUBSET_TABLE, countSubsets(scenes, depths, mostPairs));
  },
});
