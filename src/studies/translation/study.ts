import type { Study } from '../report.ts';
import { TRANSLATION_CLAIMS } from './claims.ts';
import { translationFigure } from './figure.ts';
import type { TranslationEvidence } from './tables.ts';

/** Can a small transformer learn a thousand sentence pairs by heart? */
export const translationStudy: Study<TranslationEvidence> = {
  title: 'A small transformer on text',
  claims: TRANSLATION_CLAIMS,
  figure: translationFigure,
};
