import type { Study } from '../report.ts';
import { SCENES_CLAIMS } from './claims.ts';
import { scenesFigure } from './figure.ts';
import type { ScenesEvidence } from './tables.ts';

/** Do natural queries of growing depth run into the dimension? */
export const scenesStudy: Study<ScenesEvidence> = {
  title: 'Scenes and queries',
  claims: SCENES_CLAIMS,
  figure: scenesFigure,
};
