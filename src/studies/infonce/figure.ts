import { digits } from '../../claims/rules.ts';
import { drawHeatMap, drawHeatScale } from '../../plots/heat-map.ts';
import { MARGIN, type Scheme, sheetSvg, svgText, topOf } from '../../plots/sheet.ts';
import { independent, normalised, ratio } from './joints.ts';
import { expNormalised } from './measures.ts';
import type { TableObjective } from './objectives.ts';
import { drawPlaces, PLACES_HEIGHT } from './places-figure.ts';
import type { InfonceEvidence, LearnedTable, MeasureRow } from './tables.ts';

const MAP = { width: 150, height: 130 } as const;
const GAP = 18;
const HEADING = 26;
const LABELS = 118;
const UNDER = 26;

/**
 * Heat maps, a row per data set: the joint, the product of its marginals, their ratio, and the three
 * learned tables. The ratio and InfoNCE's table share a scale, and so do the others, so that equal
 * shades are equal values. Square roots, since the ratio of one rare pair would outshine all others.
 * Under them, what the scores say of names of places.
 */
export function infonceFigure(
  { tables, measures, places }: InfonceEvidence,
  scheme: Scheme,
): string {
  const names = [...new Set(tables.map(({ joint }) => joint.name))];
  const subtitle = [
    'Every map shows a table that adds up to 1; x downwards, y to the right; darker is larger (square root scale), full ink as under the map that sets it.',
    'InfoNCE’s table looks like the ratio p(x, y) / (p(x) p(y)), not like p(x, y). Under it: KL from p and from the normalised ratio, nats.',
  ];
  const top = topOf({ subtitle });
  const rowHeight = HEADING + MAP.height + UNDER;
  const parts = names.flatMap((name, row) =>
    drawRow(
      tables.filter(({ joint }) => joint.name === name),
      measures,
      top + row * rowHeight,
    ),
  );
  const width = 2 * MARGIN + LABELS + 6 * MAP.width + 5 * GAP;
  const bottom = top + names.length * rowHeight;
  const height = bottom + PLACES_HEIGHT + MARGIN;
  const ofOneSeed = places.filter(({ seed }) => seed === places[0].seed);
  parts.push(drawHeatScale({ least: '0', most: 'full ink' }, width - MARGIN, MARGIN + 8));
  parts.push(
    ...drawPlaces(ofOneSeed, { x: MARGIN, y: bottom + MARGIN, width: width - 2 * MARGIN }),
  );
  const title = 'What a table of scores learns from three objectives';
  return sheetSvg({ title, subtitle, width, height }, parts, scheme);
}

function drawRow(
  tables: readonly LearnedTable[],
  measures: readonly MeasureRow[],
  y: number,
): readonly string[] {
  const { joint } = tables[0];
  const [rows, columns] = [joint.rows.length, joint.columns.length];
  const learned = (objective: TableObjective) => {
    const table = tables.find((one) => one.objective === objective);
    if (table === undefined) throw new Error(`no table of ${joint.name} with ${objective}`);
    return table;
  };
  const [likelihood, pseudo, infonce] = (
    ['likelihood', 'pseudo-likelihood', 'infonce'] as const
  ).map(learned);
  const r = normalised(ratio(joint));
  const maps = [
    { heading: 'p(x, y)', values: joint.p, like: joint.p },
    { heading: 'p(x) p(y)', values: independent(joint), like: joint.p },
    { heading: 'ratio', values: r, like: r },
    { heading: 'likelihood', values: expNormalised(likelihood.m), like: joint.p, of: likelihood },
    { heading: 'pseudo-likelihood', values: expNormalised(pseudo.m), like: joint.p, of: pseudo },
    { heading: 'InfoNCE', values: expNormalised(infonce.m), like: r, of: infonce },
  ];
  const labels = [joint.name, `x: ${joint.x}`, `y: ${joint.y}`].flatMap((line, i) =>
    wrapped(line).map((text, at) => ({ text, isName: i === 0, at })),
  );
  return [
    ...labels.map(({ text, isName }, i) =>
      svgText(
        text,
        MARGIN,
        y + HEADING + 14 + i * 17,
        isName ? 'class="heading"' : 'class="subtitle"',
      ),
    ),
    ...maps.flatMap(({ heading, values, like, of }, i) => {
      const x = MARGIN + LABELS + i * (MAP.width + GAP);
      const strongest = Math.sqrt(like.reduce((a, b) => Math.max(a, b), 0));
      const map = drawHeatMap(
        { heading, values: values.map(Math.sqrt), rows, columns, strongest },
        { x, y: y + HEADING, ...MAP },
      );
      if (of === undefined) {
        const darkest = values === like ? `full ink: ${digits(strongest ** 2)}` : '';
        return [map, svgText(darkest, x, y + HEADING + MAP.height + 16, 'class="subtitle"')];
      }
      const measured = measures.find(
        ({ data, objective, seed }) =>
          data === joint.name && objective === of.objective && seed === of.seed,
      );
      if (measured === undefined)
        throw new Error(`no measures of ${joint.name} with ${of.objective}`);
      const under = `KL ${digits(measured.klJoint)}; ${digits(measured.klRatio)}`;
      return [map, svgText(under, x, y + HEADING + MAP.height + 16, 'class="subtitle"')];
    }),
  ];
}

/** The text in lines that fit a label's width. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= 18)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
