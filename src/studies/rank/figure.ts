import * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import { rampStyles, type Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { cardAttributes, type Deck } from '../../study/deck/deck.ts';
import { BLUE } from '../drawing.ts';
import { matchingKeys, pairCards } from '../pair-matrix.ts';
import type { RankEvidence, RankRow } from './tables.ts';

/** Queries `from` (included) to `to` (excluded) match a key. */
interface Run {
  readonly key: number;
  readonly from: number;
  readonly to: number;
}

/** The matrix of the shared-attribute game on a deck, twice, and the ranks of many decks. */
export function rankFigure({ deck, ranks }: RankEvidence, scheme: Scheme): string {
  const cards = [...pairCards('shared', deck)];
  const matching = cards.filter((card) => sharedAttributes(deck, card) > 0);
  const byCard = matching.toSorted(
    (a, b) => sharedAttributes(deck, a) - sharedAttributes(deck, b) || a - b,
  );
  const shared = ranks.filter(({ game }) => game === 'shared');
  const styles = rampStyles(shared.map(({ attributes }) => attributes));
  const attributes = [...new Set(shared.map((row) => row.attributes))].sort((a, b) => a - b);
  const drawn = shared.find((row) => row.keys === deck.keys && row.values === deck.values);
  return drawSvg(
    {
      title: 'Which keys a query matches: a matrix of low rank',
      subtitle: [
        `shared-attribute game, ${deck.attributes} attributes of ${deck.values} values: ${deck.keys} keys, ${cards.length} queries, each a pair of distinct cards`,
        `rank ${drawn?.rank ?? 'not computed'} of ${deck.keys}; blue: the key has an attribute that the two cards share`,
      ],
      panels: [
        matrixPanel('pairs ordered by their cards', deck, cards),
        matrixPanel('pairs that share an attribute, ordered by it', deck, byCard),
        rankPanel(shared, styles),
      ],
      legendTitle: 'attributes A',
      legend: [
        ...attributes.map((A) => ({ label: `A = ${A}`, style: styles.get(A) ?? BLUE })),
        { label: 'key matches', style: { ...BLUE, symbol: 'square' as const } },
      ],
    },
    scheme,
  );
}

/** How many attributes the pair of a card shares. */
function sharedAttributes(deck: Deck, card: number): number {
  return cardAttributes(deck, card).filter((value) => value < deck.values).length;
}

function matrixPanel(heading: string, deck: Deck, cards: readonly number[]): Panel {
  return {
    heading: `${heading} (${cards.length})`,
    options: {
      marginLeft: 50,
      marginRight: 16,
      marginTop: 20,
      marginBottom: 40,
      x: { label: 'query →', domain: [0, cards.length] },
      y: { label: 'key', domain: [0, deck.keys], reverse: true },
      marks: [
        Plot.rect(runsOf(deck, cards), {
          x1: 'from',
          x2: 'to',
          y1: 'key',
          y2: ({ key }: Run) => key + 1,
          fill: BLUE.light,
          inset: 0,
        }),
        Plot.frame({ strokeOpacity: 0.3 }),
      ],
    },
  };
}

/** Adjacent matching cells of a row, drawn as one rectangle. */
function runsOf(deck: Deck, cards: readonly number[]): readonly Run[] {
  const columns = cards.map((card) => matchingKeys('shared', deck, card));
  return Array.from({ length: deck.keys }, (_, key) => {
    const runs: Run[] = [];
    for (let at = 0; at < cards.length; at++) {
      if (columns[at][key] === 0) continue;
      const from = at;
      while (at < cards.length && columns[at][key] === 1) at++;
      runs.push({ key, from, to: at });
    }
    return runs;
  }).flat();
}

function rankPanel(
  shared: readonly RankRow[],
  styles: ReadonlyMap<number | undefined, Style>,
): Panel {
  const styleOf = (attributes: number) => styles.get(attributes) ?? BLUE;
  const groups = [...styles.keys()].flatMap((A) => {
    const rows = shared.filter(({ attributes }) => attributes === A);
    return A === undefined || rows.length === 0 ? [] : [[A, rows] as const];
  });
  const least = Math.min(...shared.map(({ rank }) => rank));
  const most = Math.max(...shared.map(({ keys }) => keys));
  const ticks = [3, 10, 30, 100, 300, 1000, 3000].filter((at) => at >= least && at <= most);
  const scale = { type: 'log', domain: [least, most], ticks, tickFormat: String } as const;
  return {
    heading: 'exact ranks (dots) and v^A - (v - 1)^A (lines)',
    options: {
      marginLeft: 54,
      marginRight: 16,
      marginTop: 20,
      marginBottom: 40,
      x: { ...scale, label: 'keys v^A →' },
      y: { ...scale, label: '↑ rank' },
      marks: [
        Plot.gridX({ strokeOpacity: 0.15, ticks }),
        Plot.gridY({ strokeOpacity: 0.15, ticks }),
        Plot.line(
          [least, most].map((keys) => [keys, keys]),
          { strokeOpacity: 0.5, strokeDasharray: '2 4' },
        ),
        Plot.text([[most, most]], { text: ['full rank'], textAnchor: 'end', dx: -26, dy: 6 }),
        ...groups.map(([A, rows]) =>
          Plot.line(curve(A, Math.max(...rows.map(({ values }) => values))), {
            stroke: styleOf(A).light,
            strokeWidth: 1.5,
            clip: true,
          }),
        ),
        ...groups.map(([A, rows]) =>
          Plot.dot(rows, {
            x: 'keys',
            y: 'rank',
            fill: styleOf(A).light,
            symbol: styleOf(A).symbol,
            r: 4,
          }),
        ),
      ],
    },
  };
}

/** The closed form for v = 2 up to `most`. */
function curve(A: number, most: number): readonly (readonly [number, number])[] {
  return Array.from({ length: most - 1 }, (_, i) => i + 2).map((v) => [
    v ** A,
    v ** A - (v - 1) ** A,
  ]);
}
