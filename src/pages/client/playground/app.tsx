import { useEffect, useMemo, useState } from 'preact/hooks';
import { Stream } from '../../../random/stream.ts';
import type { PlayableGame, PlaygroundData } from '../../playground-data.ts';
import { drawQuery } from '../../queries/draw.ts';
import { type Query, trueKeysOf } from '../../queries/query.ts';
import { hashOf, rulesOf, wantedBy } from './address.ts';
import { Answer } from './answer.tsx';
import { useAnswers } from './answers.ts';
import { GameChoice } from './game-choice.tsx';
import { MemberGrid } from './member-grid.tsx';
import { PairEditor } from './pair-editor.tsx';
import { Predictions } from './predictions.tsx';

const random = new Stream(
  Array.from(crypto.getRandomValues(new Uint32Array(4))) as [number, number, number, number],
);

interface Played {
  readonly game: PlayableGame;
  readonly query: Query;
}

export function App({ data }: { readonly data: PlaygroundData }) {
  const [{ game, query }, setPlayed] = useState<Played>(() => startOf(data));
  const [note, setNote] = useState('');
  const { deck } = useMemo(() => rulesOf(game), [game]);
  const { answered, progress, failure } = useAnswers(game, query);
  const isTrue = useMemo(() => trueKeysOf(deck, query), [deck, query]);
  const play = (next: Played) => {
    setNote('');
    setPlayed(next);
  };
  const change = (changed: Query) => play({ game, query: changed });

  useEffect(() => history.replaceState(null, '', hashOf(game, query)), [game, query]);
  useEffect(() => {
    const follow = () => setPlayed(startOf(data));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, [data]);

  return (
    <div class="playground">
      <GameChoice games={data.games} game={game} onChoose={(chosen) => play(drawn(chosen))} />
      <div class="board">
        <section class="query" aria-labelledby="query-title">
          <h2 id="query-title">The query</h2>
          <p class="buttons">
            <button type="button" class="primary" onClick={() => play(drawn(game))}>
              another query
            </button>
            <button
              type="button"
              onClick={() =>
                navigator.clipboard.writeText(location.href).then(
                  () => setNote('copied'),
                  () => setNote('the address bar has the link'),
                )
              }
            >
              copy link
            </button>
            <span role="status">{note}</span>
          </p>
          {query.game === 'shatter' ? (
            <MemberGrid
              deck={deck}
              members={query.members}
              onChange={(members) => change({ game: 'shatter', members })}
            />
          ) : (
            <PairEditor
              key={`${game.cards}-${game.game}`}
              deck={deck}
              game={query.game}
              pairs={query.pairs}
              onChange={(pairs) => change({ ...query, pairs })}
            />
          )}
        </section>
        {query.game !== 'shatter' && <Answer deck={deck} isTrue={isTrue} />}
      </div>
      <section aria-labelledby="models-title" aria-busy={progress !== ''}>
        <h2 id="models-title">What the models answer, as d falls</h2>
        {answered !== undefined && <Predictions deck={deck} answered={answered} />}
        {failure !== undefined && <p class="bad">the models cannot answer: {failure}</p>}
        <p class="muted" role="status" id="models-status">
          {statusOf(query, answered === undefined ? progress : '', isTrue)}
        </p>
      </section>
    </div>
  );
}

function drawn(game: PlayableGame): Played {
  return { game, query: drawQuery(rulesOf(game), random) };
}

/** What the address asks for; without a wish, a query of `union`, whose models differ most visibly. */
function startOf({ games }: PlaygroundData): Played {
  const wanted = wantedBy(location.hash, games);
  const game = wanted?.game ?? games.find((one) => one.game === 'union') ?? games[0];
  return wanted?.query === undefined ? drawn(game) : { game, query: wanted.query };
}

function statusOf(query: Query, progress: string, isTrue: Uint8Array): string {
  if (progress !== '') return `${progress} …`;
  if (query.game === 'shatter' && query.members.length === 0) {
    return 'Tick at least one card: models were never asked for nothing.';
  }
  return isTrue.includes(1) ? '' : 'No key is true, so that KL and overlap have no value.';
}
