import type { Diagnostic } from '../../../src/pipe/core/diagnostic.ts';
import { parsePipeline } from '../../../src/pipe/pipeline/parse.ts';

/** A pipeline without mistakes, for tests that break one part of it. */
export const VALID = `axes:
  game: [set, union]
  model:
    - { model: contrastive, dim: 8 }
    - { model: noncontrastive }
stages:
  queries: { matrix: [game] }
  train:
    matrix: [game, model]
    inputs: { queries: queries/train }
    params: { steps: 10 }
    overrides:
      - when: { game: union, dim: [8] }
        params: { steps: 20 }
    resources: { cpus: 2, memory: 1.5GiB, gpus: 0 }
    timeout: 1h30m
    retries: 2
  plot:
profiles:
  ci:
    axes: { game: [set] }
`;

export function errorsOf(text: string): readonly Diagnostic[] {
  const spec = parsePipeline('pipeline.yaml', text);
  return 'stages' in spec ? [] : spec;
}

/** Each mistake as `line:column message | fix`. */
export function mistakes(text: string): readonly string[] {
  return errorsOf(text).map(
    ({ message, range, hint }) => `${range?.line}:${range?.column} ${message} | ${hint}`,
  );
}
