import { expect, test } from 'vitest';
import { BINDING_CLAIMS } from '../../../src/studies/binding/claims.ts';
import { hadamardTrees, lists, tensorTrees } from '../../../src/studies/binding/experiment.ts';
import { SETTINGS } from './settings.ts';

const rows = [...lists(SETTINGS), ...tensorTrees(SETTINGS), ...hadamardTrees(SETTINGS)];
const evidence = { ...SETTINGS, rows };
const verdict = (name: string, of = evidence) =>
  BINDING_CLAIMS.find((claim) => claim.name === name)?.judge(of).verdict;

test('claims hold on measured rows and fail on rows that contradict them', () => {
  for (const { name } of BINDING_CLAIMS) expect([name, verdict(name)]).toEqual([name, 'holds']);
  const broken = { ...evidence, rows: rows.map((row) => ({ ...row, recovered: 0.5, rank: 1 })) };
  for (const { name } of BINDING_CLAIMS)
    expect([name, verdict(name, broken)]).toEqual([name, 'fails']);
});
