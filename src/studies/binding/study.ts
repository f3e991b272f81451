import type { Study } from '../report.ts';
import { BINDING_CLAIMS } from './claims.ts';
import { bindingFigure } from './figure.ts';
import type { BindingEvidence } from './tables.ts';

/** How much of a structure survives variable binding? */
export const bindingStudy: Study<BindingEvidence> = {
  title: 'Variable binding',
  claims: BINDING_CLAIMS,
  figure: bindingFigure,
};
