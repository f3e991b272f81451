import type { Drawing } from './drawing.ts';

/** For Markdown pages: https://mermaid.js.org. */
export function renderMermaid({ nodes, edges }: Drawing): string {
  const ids = new Map(nodes.map(({ name }, i) => [name, `n${i}`]));
  const text = (value: string) => `"${value.replaceAll('"', '#quot;')}"`;
  return [
    'flowchart LR',
    ...nodes.map(
      ({ name, lines }) => `  ${ids.get(name)}[${text([name, ...lines].join('<br/>'))}]`,
    ),
    ...edges.map(({ from, to, label }) => `  ${ids.get(from)} -->|${text(label)}| ${ids.get(to)}`),
  ].join('\n');
}

/** For Graphviz. */
export function renderDot({ title, nodes, edges }: Drawing): string {
  const text = (value: string) => JSON.stringify(value);
  return [
    'digraph pipeline {',
    `  label=${text(title)};`,
    '  rankdir=LR;',
    '  node [shape=box, style=rounded, fontname="sans-serif"];',
    ...nodes.map(
      ({ name, lines }) => `  ${text(name)} [label=${text([name, ...lines].join('\n'))}];`,
    ),
    ...edges.map((e) => `  ${text(e.from)} -> ${text(e.to)} [label=${text(e.label)}];`),
    '}',
  ].join('\n');
}
