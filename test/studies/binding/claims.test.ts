import { expect, test } from 'vitest';
import { BINDING_CLAIMS } from '../../../src/studies/binding/claims.ts';
import {
  codedTrees,
  hadamardTrees,
  lists,
  shapedTrees,
  tensorTrees,
} from '../../../src/studies/binding/experiment.ts';
import { reconstructionErrors } from '../../../src/studies/binding/reconstruction.ts';
import type { BindingEvidence } from '../../../src/studies/binding/tables.ts';
import { SETTINGS } from './settings.ts';

const evidence: BindingEvidence = {
  ...SETTINGS,
  rows: [
    ...lists(SETTINGS),
    ...tensorTrees(SETTINGS),
    ...hadamardTrees(SETTINGS),
    ...codedTrees(SETTINGS),
  ],
  shapes: shapedTrees(SETTINGS),
  reconstructions: reconstructionErrors(SETTINGS),
};
const verdict = (name: string, of = evidence) => {
  const judged = BINDING_CLAIMS.find((claim) => claim.name === name)?.judge(of);
  return [name, judged?.verdict, judged?.evidence];
};

test('claims hold on measured rows and fail on rows that contradict them', () => {
  for (const { name } of BINDING_CLAIMS)
    expect(verdict(name)).toEqual([name, 'holds', expect.anything()]);
  const broken = {
    ...evidence,
    rows: evidence.rows.map((row) => ({ ...row, recovered: 0.5, expected: 0.9, rank: 1 })),
    shapes: evidence.shapes.map((row) => ({ ...row, recovered: row.height === 1 ? 0.2 : 0.9 })),
    reconstructions: evidence.reconstructions.map((row) => ({ ...row, error: 0.9, distinct: 1 })),
  };
  for (const { name } of BINDING_CLAIMS)
    expect(verdict(name, broken)).toEqual([name, 'fails', expect.anything()]);
});
