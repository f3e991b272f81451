import { useEffect, useState } from 'preact/hooks';
import type { PlayableGame } from '../../playground-data.ts';
import { linkOf } from '../../queries/link.ts';
import { type Query, trueKeysOf } from '../../queries/query.ts';
import { tokensOf } from '../../queries/tokens.ts';
import { rulesOf } from './address.ts';
import type { Answered } from './predictions.tsx';
import { scoresOf } from './scorer.ts';

export interface Answers {
  /** Of the newest query that all models have answered; undefined before there is one of this game. */
  readonly answered: Answered | undefined;
  /** What is being done; empty if nothing is. */
  readonly progress: string;
  /** Why a model could not answer. */
  readonly failure: string | undefined;
}

const NOTHING: Answers = { answered: undefined, progress: '', failure: undefined };

/** Asks all models of a game. An answer that comes after a newer question is not shown. */
export function useAnswers(game: PlayableGame, query: Query): Answers {
  const [state, setState] = useState<Answers>(NOTHING);
  useEffect(() => {
    let isOutdated = false;
    const show = (changes: Partial<Answers>) => {
      if (!isOutdated) setState((before) => ({ ...before, ...changes }));
    };
    const ask = async () => {
      const { deck } = rulesOf(game);
      const tokens = tokensOf(deck, query);
      const scores: Float32Array[] = [];
      for (const [i, { name, file }] of game.models.entries()) {
        show({ progress: `${name} reads the query, model ${i + 1} of ${game.models.length}` });
        scores.push(await scoresOf(file, tokens));
        if (isOutdated) return;
      }
      const isTrue = trueKeysOf(deck, query);
      const link = linkOf(deck, query);
      const answered = { link, isTrue, models: game.models, scores };
      show({ answered, progress: '', failure: undefined });
    };
    const isEmpty = query.game === 'shatter' && query.members.length === 0;
    if (isEmpty) show(NOTHING);
    else ask().catch((error: Error) => show({ progress: '', failure: error.message }));
    return () => {
      isOutdated = true;
    };
  }, [game, query]);
  // After a change of the game, what the models of the last one said is no answer.
  return state.answered?.models === game.models ? state : { ...state, answered: undefined };
}
