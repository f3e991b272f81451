import type { Study } from '../report.ts';
import { CUBES_CLAIMS } from './claims.ts';
import { cubesFigure } from './figure.ts';
import type { CubesEvidence } from './tables.ts';

/** Which models can tell the orders of stacked cubes apart? */
export const cubesStudy: Study<CubesEvidence> = {
  title: 'Stacked cubes',
  claims: CUBES_CLAIMS,
  figure: cubesFigure,
};
