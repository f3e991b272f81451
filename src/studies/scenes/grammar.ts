import {
  ATTRIBUTE_NAMES,
  ATTRIBUTES,
  type Attribute,
  type Scene,
  type SceneObject,
} from './world.ts';

/**
 * What queries are made of:
 *
 *   query        atom and ... and atom | scene i or ... or scene j
 *   atom         exist | count | relation
 *   exist        description                          "red metal object"
 *   count        exactly n description | more-than n description
 *   relation     description direction description    "cube left-of small sphere"
 *   description  up to two attributes of an object
 */
export type Atom =
  | { readonly kind: 'exist'; readonly what: Description }
  | {
      readonly kind: 'count';
      readonly quantity: (typeof QUANTITIES)[number];
      readonly n: number;
      readonly what: Description;
    }
  | {
      readonly kind: 'relation';
      readonly what: Description;
      readonly direction: Direction;
      readonly other: Description;
    };

export type Query =
  | { readonly kind: 'all'; readonly atoms: readonly Atom[] }
  | { readonly kind: 'list'; readonly scenes: readonly number[] };

/** The attributes that an object must have; others are open. */
export type Description = Readonly<Partial<Record<Attribute, number>>>;

export const ATOM_KINDS = ['exist', 'count', 'relation'] as const;
const QUANTITIES = ['exactly', 'more-than'] as const;
export const DIRECTIONS = ['left-of', 'right-of', 'in-front-of', 'behind'] as const;
type Direction = (typeof DIRECTIONS)[number];

/** Attributes that a description fixes at most. */
const MOST_FIXED = 2;
/** Numbers that counts are compared with. */
const COUNTS = [0, 1, 2, 3] as const;

/** All descriptions, the open one first. */
export const DESCRIPTIONS: readonly Description[] = descriptions(0, 0);

function descriptions(attribute: number, fixed: number): readonly Description[] {
  if (attribute === ATTRIBUTE_NAMES.length) return [{}];
  const rest = descriptions(attribute + 1, fixed);
  if (fixed === MOST_FIXED) return rest;
  const name = ATTRIBUTE_NAMES[attribute];
  const more = descriptions(attribute + 1, fixed + 1);
  return [
    ...rest,
    ...ATTRIBUTES[name].flatMap((_, value) => more.map((one) => ({ ...one, [name]: value }))),
  ];
}

/** All atoms of a kind. */
export function atomsOf(kind: Atom['kind']): readonly Atom[] {
  if (kind === 'exist') return DESCRIPTIONS.map((what) => ({ kind, what }));
  if (kind === 'count') {
    return QUANTITIES.flatMap((quantity) =>
      COUNTS.flatMap((n) => DESCRIPTIONS.map((what) => ({ kind, quantity, n, what }))),
    );
  }
  return DESCRIPTIONS.flatMap((what) =>
    DIRECTIONS.flatMap((direction) =>
      DESCRIPTIONS.map((other) => ({ kind, what, direction, other })),
    ),
  );
}

function fits({ values }: SceneObject, what: Description): boolean {
  return ATTRIBUTE_NAMES.every((name) => what[name] === undefined || what[name] === values[name]);
}

function isTowards(a: SceneObject, b: SceneObject, direction: Direction): boolean {
  if (direction === 'left-of') return a.x < b.x;
  if (direction === 'right-of') return a.x > b.x;
  return direction === 'in-front-of' ? a.y < b.y : a.y > b.y;
}

export function isTrueOf(atom: Atom, scene: Scene): boolean {
  if (atom.kind === 'exist') return scene.some((object) => fits(object, atom.what));
  if (atom.kind === 'count') {
    const count = scene.filter((object) => fits(object, atom.what)).length;
    return atom.quantity === 'exactly' ? count === atom.n : count > atom.n;
  }
  return scene.some(
    (a) =>
      fits(a, atom.what) &&
      scene.some((b) => fits(b, atom.other) && isTowards(a, b, atom.direction)),
  );
}

/** Which scenes a query selects, 1 or 0. // [scenes] */
export function selected(query: Query, scenes: readonly Scene[]): Uint8Array {
  if (query.kind === 'list') {
    return Uint8Array.from(scenes, (_, i) => (query.scenes.includes(i) ? 1 : 0));
  }
  return Uint8Array.from(scenes, (scene) =>
    query.atoms.every((atom) => isTrueOf(atom, scene)) ? 1 : 0,
  );
}

/** The words of a query. */
export function wordsOf(query: Query): readonly string[] {
  if (query.kind === 'list') {
    return query.scenes.flatMap((scene, i) => [...(i > 0 ? ['or'] : []), sceneName(scene)]);
  }
  return query.atoms.flatMap((atom, i) => [...(i > 0 ? ['and'] : []), ...atomWords(atom)]);
}

function atomWords(atom: Atom): readonly string[] {
  const what = descriptionWords(atom.what);
  if (atom.kind === 'exist') return what;
  if (atom.kind === 'count') return [atom.quantity, String(atom.n), ...what];
  return [...what, atom.direction, ...descriptionWords(atom.other)];
}

function descriptionWords(what: Description): readonly string[] {
  const words = ATTRIBUTE_NAMES.flatMap((name) => {
    const value = what[name];
    return value === undefined ? [] : [ATTRIBUTES[name][value]];
  });
  return what.shape === undefined ? [...words, 'object'] : words;
}

export function sceneName(scene: number): string {
  return `scene-${scene + 1}`;
}

/** All words of queries about so many scenes, after the pad: the number is the token. */
export function vocabularyOf(scenes: number): readonly string[] {
  return [
    '[pad]',
    '[start]',
    '[end]',
    'and',
    'or',
    'object',
    ...ATTRIBUTE_NAMES.flatMap((name) => ATTRIBUTES[name]),
    ...QUANTITIES,
    ...COUNTS.map(String),
    ...DIRECTIONS,
    ...Array.from({ length: scenes }, (_, scene) => sceneName(scene)),
  ];
}
