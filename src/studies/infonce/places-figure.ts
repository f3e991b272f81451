import { digits } from '../../claims/rules.ts';
import { svgText } from '../../plots/sheet.ts';
import { PLACE_NAMES } from './place-names.ts';
import type { PlaceRow } from './tables.ts';

const ROW_HEIGHT = 20;
const HEADING = 44;
const NAMES_WIDTH = 96;
/** Of the number after a bar. */
const VALUE_WIDTH = 60;

/** Height of the bars with their heading, in units of the SVG. */
export const PLACES_HEIGHT =
  HEADING + ROW_HEIGHT * (PLACE_NAMES.existing.length + PLACE_NAMES.invented.length) + 40;

/** What is said of a name, by one of three scores. */
interface Score {
  readonly heading: string;
  readonly of: (row: PlaceRow) => number;
}

const SCORES: readonly Score[] = [
  { heading: 'likelihood: p(y | x)', of: ({ conditional }) => conditional },
  { heading: 'InfoNCE: f, up to a factor', of: ({ learnedRatio }) => learnedRatio },
  { heading: 'likelihood: p(y | x) / p(y | “of”)', of: ({ corrected }) => corrected },
];

/** Bars of three scores of every name, side by side. Places of one seed. */
export function drawPlaces(
  places: readonly PlaceRow[],
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): readonly string[] {
  const columnWidth = (width - NAMES_WIDTH) / SCORES.length;
  const top = y + HEADING;
  const baseline = (row: number) => top + row * ROW_HEIGHT + 14;
  const question = 'Which of these places exists? Three follow “new”, the last two never do';
  return [
    svgText(question, x, y + 12, 'class="heading"'),
    ...places.map(({ name }, row) => svgText(name, x, baseline(row), '')),
    ...SCORES.flatMap(({ heading, of }, column) => {
      const left = x + NAMES_WIDTH + column * columnWidth;
      const most = Math.max(...places.map(of));
      return [
        svgText(heading, left, y + 34, 'class="subtitle"'),
        ...places.flatMap((row, i) => {
          const length = (of(row) / most) * (columnWidth - VALUE_WIDTH);
          return [
            `<rect x="${left}" y="${top + i * ROW_HEIGHT + 3}" width="${length.toFixed(2)}" height="${ROW_HEIGHT - 6}" fill="currentColor" fill-opacity="0.6"/>`,
            svgText(digits(of(row)), left + length + 6, baseline(i), ''),
          ];
        }),
      ];
    }),
  ];
}
