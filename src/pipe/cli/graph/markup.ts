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
    `  graph [label=${text(title)}, rankdir=LR, ${FONT}];`,
    `  node [shape=box, margin="0.25,0.1", style="rounded,filled", color="#818b98", fillcolor="#f6f8fa", ${FONT}];`,
    `  edge [color="#818b98", fontsize=11, fontcolor="#59636e", arrowsize=0.7, ${FONT}];`,
    ...nodes.map(({ name, lines, state, href }) => {
      const label = `label=${text([name, ...lines].join('\n'))}`;
      const page = state === undefined ? '' : `, class=${text(state)}`;
      const link = href === undefined ? '' : `, URL=${text(href)}`;
      return `  ${text(name)} [${label}${page}${link}];`;
    }),
    ...edges.map((e) => `  ${text(e.from)} -> ${text(e.to)} [label=${text(e.label)}];`),
    '}',
  ].join('\n');
}

const FONT = 'fontname="Helvetica,Arial,sans-serif"';

export async function renderSvg(drawing: Drawing): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  return (await instance()).renderString(renderDot(drawing), { format: 'svg' });
}
