import type { Stream } from '../../random/stream.ts';

export const TASKS = ['copy', 'reverse', 'increment', 'sum', 'polynomial', 'date'] as const;
/** `ordered` is `reverse` with series in a fixed order: rising. */
export const ALL_TASKS = [...TASKS, 'ordered'] as const;
export type Task = (typeof ALL_TASKS)[number];

/** A question and its answer, as symbols. */
export interface Example {
  readonly source: readonly string[];
  readonly target: readonly string[];
}

interface TaskDefinition {
  /** A few words for the figure. */
  readonly description: string;
  /** All symbols that occur. */
  readonly symbols: readonly string[];
  /** Lengths of the longest source and target. */
  readonly longest: { readonly source: number; readonly target: number };
  draw(random: Stream): Example;
}

/** Series are of residues modulo this. */
const MODULUS = 10;
const SERIES = { shortest: 4, longest: 10 } as const;
/** Largest coefficient of polynomials: leading ones are from 1, the others from minus this. */
const LARGEST = 9;
const YEARS = { first: 1950, count: 100 } as const;

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
const DAYS = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;

const residues = Array.from({ length: MODULUS }, (_, i) => String(i));

/** Series of 4 to 10 uniform residues mod 10, and their answers. */
function series(
  description: string,
  answer: (numbers: readonly number[]) => readonly number[],
): TaskDefinition {
  return {
    description,
    symbols: residues,
    longest: { source: SERIES.longest, target: SERIES.longest },
    draw: (random) => {
      const length = SERIES.shortest + random.below(SERIES.longest - SERIES.shortest + 1);
      const numbers = Array.from({ length }, () => random.below(MODULUS));
      const residue = (x: number) => residues[x % MODULUS];
      return { source: numbers.map(residue), target: answer(numbers).map(residue) };
    },
  };
}

const ordered: TaskDefinition = {
  description: 'a rising series backwards',
  symbols: residues,
  longest: { source: SERIES.longest, target: SERIES.longest },
  draw: (random) => {
    const length = SERIES.shortest + random.below(SERIES.longest - SERIES.shortest + 1);
    const numbers = Array.from({ length: MODULUS }, (_, i) => i);
    random.shuffle(numbers);
    const source = numbers
      .slice(0, length)
      .sort((a, b) => a - b)
      .map(String);
    return { source, target: source.toReversed() };
  },
};

const polynomial: TaskDefinition = {
  description: '(ax + b)(cx + d) multiplied out',
  symbols: [...'0123456789x^+-()'],
  longest: { source: '(9x-9)(9x-9)'.length, target: '81x^2-162x+81'.length },
  draw: (random) => {
    const leading = () => 1 + random.below(LARGEST);
    const constant = () => random.below(2 * LARGEST + 1) - LARGEST;
    const [a, b, c, d] = [leading(), constant(), leading(), constant()];
    return {
      source: [...`(${a}x${signed(b)})(${c}x${signed(d)})`],
      target: [...`${a * c}x^2${signed(a * d + b * c)}x${signed(b * d)}`],
    };
  },
};

function signed(x: number): string {
  return x < 0 ? String(x) : `+${x}`;
}

const LONGEST_DATE = 'Wednesday, September 30, 2000';

const date: TaskDefinition = {
  description: 'dates as people write them, to ISO 8601',
  symbols: [...new Set([...`${[...MONTHS, ...DAYS].join('')}0123456789 ,./-`])].sort(),
  longest: { source: LONGEST_DATE.length, target: '2000-09-30'.length },
  draw: (random) => {
    const year = YEARS.first + random.below(YEARS.count);
    const month = random.below(12);
    const day = 1 + random.below(new Date(Date.UTC(year, month + 1, 0)).getUTCDate());
    const iso = new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);
    const forms = writtenForms(year, month, day);
    return { source: [...forms[random.below(forms.length)]], target: [...iso] };
  },
};

/** Ways to write a date; month counted from 0. Numbers alone are day first, with dots. */
export function writtenForms(year: number, month: number, day: number): readonly string[] {
  const name = MONTHS[month];
  const weekday = DAYS[new Date(Date.UTC(year, month, day)).getUTCDay()];
  const short = name.slice(0, 3);
  const two = (x: number) => String(x).padStart(2, '0');
  return [
    `${day} ${name} ${year}`,
    `${name} ${day}, ${year}`,
    `${day} ${short} ${year}`,
    `${short} ${day}, ${year}`,
    `${weekday}, ${name} ${day}, ${year}`,
    `${weekday.slice(0, 3)} ${day} ${short} ${year}`,
    `${day}.${month + 1}.${year}`,
    `${two(day)}.${two(month + 1)}.${year}`,
    `${year}/${two(month + 1)}/${two(day)}`,
  ];
}

export const taskDefinitions: Readonly<Record<Task, TaskDefinition>> = {
  copy: series('the series itself', (x) => x),
  reverse: series('the series backwards', (x) => x.toReversed()),
  increment: series('every number plus one, mod 10', (x) => x.map((n) => n + 1)),
  sum: series('every number plus the one before it, mod 10', (x) =>
    x.map((n, i) => n + (i === 0 ? 0 : x[i - 1])),
  ),
  polynomial,
  date,
  ordered,
};
