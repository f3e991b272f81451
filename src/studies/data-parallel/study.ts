import type { Study } from '../report.ts';
import { DATA_PARALLEL_CLAIMS } from './claims.ts';
import { dataParallelFigure } from './figure.ts';
import type { DataParallelEvidence } from './tables.ts';

/** Do workers that share a batch train what one process trains, and what does it cost to exchange gradients? */
export const dataParallelStudy: Study<DataParallelEvidence> = {
  title: 'Data parallel',
  claims: DATA_PARALLEL_CLAIMS,
  figure: dataParallelFigure,
};
