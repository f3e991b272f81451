import { useState } from 'preact/hooks';

/** Hides the figures whose names do not contain what is searched for. */
export function SearchFigures() {
  const [query, setQuery] = useState('');
  const figures = [...document.querySelectorAll<HTMLElement>('.figures figure')];
  const words = query.toLowerCase().split(/\s+/);
  let shown = 0;
  for (const figure of figures) {
    const name = (figure.dataset.name ?? '').toLowerCase();
    figure.hidden = !words.every((word) => name.includes(word));
    if (!figure.hidden) shown += 1;
  }
  return (
    <div class="tools">
      <input
        type="search"
        aria-label="Search figures"
        placeholder="Search"
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <span role="status" class="muted">
        {shown} of {figures.length} figures
      </span>
    </div>
  );
}
