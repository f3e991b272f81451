import type { Stream } from '../../random/stream.ts';
import { stream } from '../../random/streams.ts';
import type { AnswerSets } from '../../study/floor/answer-sets.ts';
import {
  ATOM_KINDS,
  type Atom,
  atomsOf,
  type Query,
  selected,
  vocabularyOf,
  wordsOf,
} from './grammar.ts';
import { LEVELS, type Level } from './tables.ts';
import type { Scene } from './world.ts';

/** Scenes of a list: "scene 101 or 5 or 74". */
const LISTED = 3;

/** Words of the longest query, three relations, and the marks at its ends. */
export const LONGEST = 3 * 7 + 2 + 2;

/** A query and the scenes that it selects. */
export interface Asked {
  readonly level: Level;
  readonly query: Query;
  /** 1 or 0. // [scenes] */
  readonly isTrue: Uint8Array;
}

/** Draws queries that select at least one scene. */
export class QuerySource {
  readonly #scenes: readonly Scene[];
  readonly #atoms: Readonly<Record<Atom['kind'], readonly Atom[]>>;
  readonly #tokens: ReadonlyMap<string, number>;
  /** What an atom selects, once it was asked. */
  readonly #selected = new Map<Atom, Uint8Array>();

  constructor(scenes: readonly Scene[]) {
    this.#scenes = scenes;
    this.#atoms = Object.fromEntries(ATOM_KINDS.map((kind) => [kind, atomsOf(kind)])) as never;
    this.#tokens = new Map(vocabularyOf(scenes.length).map((word, token) => [word, token]));
  }

  /** Kinds of atoms are equally likely, then the atoms of a kind. */
  draw(level: Level, random: Stream): Asked {
    for (;;) {
      const query = this.#queryOf(level, random);
      const isTrue = this.#answer(query);
      if (isTrue.includes(1)) return { level, query, isTrue };
    }
  }

  /** Tokens of a query, padded. // [LONGEST] */
  tokensOf(query: Query): Int32Array {
    const tokens = new Int32Array(LONGEST);
    const words = ['[start]', ...wordsOf(query), '[end]'];
    tokens.set(words.map((word) => this.#tokens.get(word) ?? 0));
    return tokens;
  }

  #queryOf(level: Level, random: Stream): Query {
    if (level === 'list') {
      const scenes = new Set<number>();
      while (scenes.size < LISTED) scenes.add(random.below(this.#scenes.length));
      return { kind: 'list', scenes: [...scenes] };
    }
    if (level === 'two atoms' || level === 'three atoms') {
      const count = level === 'two atoms' ? 2 : 3;
      const kinds = Array.from(
        { length: count },
        () => ATOM_KINDS[random.below(ATOM_KINDS.length)],
      );
      return { kind: 'all', atoms: kinds.map((kind) => this.#atomOf(kind, random)) };
    }
    return { kind: 'all', atoms: [this.#atomOf(level, random)] };
  }

  #atomOf(kind: Atom['kind'], random: Stream): Atom {
    const atoms = this.#atoms[kind];
    return atoms[random.below(atoms.length)];
  }

  #answer(query: Query): Uint8Array {
    if (query.kind === 'list') return selected(query, this.#scenes);
    const each = query.atoms.map((atom) => {
      const known = this.#selected.get(atom);
      if (known !== undefined) return known;
      const found = selected({ kind: 'all', atoms: [atom] }, this.#scenes);
      this.#selected.set(atom, found);
      return found;
    });
    return Uint8Array.from(this.#scenes, (_, i) => (each.every((one) => one[i] === 1) ? 1 : 0));
  }
}

/** The queries that models are asked, as many of each level; the same for every model. */
export function testQueries(source: QuerySource, perLevel: number, seed: number): readonly Asked[] {
  return LEVELS.flatMap((level) => {
    const random = stream(seed, 'scenes', 'test', level);
    return Array.from({ length: perLevel }, () => source.draw(level, random));
  });
}

/** The queries' answers as sets of equal shares, equal ones not put together. */
export function answersOf(asked: readonly Asked[], scenes: number): AnswerSets {
  const isTrue = new Uint8Array(asked.length * scenes);
  asked.forEach((one, row) => {
    isTrue.set(one.isTrue, row * scenes);
  });
  const shares = new Float64Array(asked.length).fill(1 / asked.length);
  return { count: asked.length, keys: scenes, isTrue, shares };
}

/** A batch of queries, and the share of each scene among those that a query selects. */
export function batchOf(source: QuerySource, asked: readonly Asked[], scenes: number) {
  const tokens = new Int32Array(asked.length * LONGEST);
  const shares = new Float32Array(asked.length * scenes);
  asked.forEach(({ query, isTrue }, row) => {
    tokens.set(source.tokensOf(query), row * LONGEST);
    const size = isTrue.reduce((sum, one) => sum + one, 0);
    isTrue.forEach((one, scene) => {
      shares[row * scenes + scene] = one / size;
    });
  });
  return { tokens, shares };
}
