import { expect, test } from 'vitest';
import { expand } from '../../../src/pipe/pipeline/expand.ts';
import { parsePipeline } from '../../../src/pipe/pipeline/parse.ts';
import { withLiteralSources } from '../../../src/pipe/pipeline/raw-inputs.ts';
import { resolve } from '../../../src/pipe/pipeline/resolve.ts';
import { temporaryProject } from '../loader/project.ts';

/** What the stage `fit`, whose one input is a file, is to read, or what is wrong with it. */
function sourceOf(files: string, root: string): string {
  const text = `stages: { fit: { inputs: { data: { files: '${files}' } } } }`;
  const spec = parsePipeline('pipeline.yaml', text);
  if (!('stages' in spec)) throw new Error(spec[0].message);
  const pipeline = resolve(spec, 'default', []);
  if (!('stages' in pipeline)) throw new Error(pipeline[0].message);
  const fit = { inputs: { data: 'one' }, outputs: {}, paramKeys: [] } as const;
  const draft = expand(withLiteralSources(pipeline, root), { fit });
  if (!('stages' in draft)) return draft[0].message;
  const [input] = draft.stages[0].instances[0].raw ?? [];
  return 'files' in input.source ? input.source.files : '';
}

test('a file whose name looks like a pattern is that file if it is there', () => {
  const root = temporaryProject({ 'x[1].tsv': '', 'a+(b)?.tsv': '', 'x1.tsv': '' });
  expect(sourceOf('x[1].tsv', root)).toBe('x\\[1\\].tsv');
  expect(sourceOf('a+(b)?.tsv', root)).toBe('a\\+\\(b\\)\\?.tsv');
  expect(sourceOf(`${root}/x[1].tsv`, root)).toContain('x\\[1\\].tsv');
  expect(sourceOf('x1.tsv', root)).toBe('x1.tsv');
});

test('another pattern may match several files, which an input of one file does not take', () => {
  const root = temporaryProject({ 'x1.tsv': '' });
  const refusal =
    "input 'data' of stage 'fit' takes one file or folder, but x[1].tsv may match several";
  expect(sourceOf('x[1].tsv', root)).toBe(refusal);
});
