import type { ModelConfiguration } from '../models/configuration.ts';
import { modelParameters } from '../models/model.ts';
import {
  type Initialisation,
  initialise,
  type ParameterSpecs,
  type Parameters,
} from '../models/parameters.ts';
import type { Similarity } from '../models/similarity.ts';
import type { RateSchedule } from './schedules.ts';

/** What an ablation changes in a training; anything left out is as in the study. */
export interface Variant {
  /** Share of the steps that the warm-up takes. */
  readonly warmUpShare?: number | undefined;
  readonly rise?: RateSchedule['rise'] | undefined;
  readonly fall?: RateSchedule['fall'] | undefined;
  /** Keys start uniform in ± uniform / d, or normal with this standard deviation. */
  readonly keyStart?: { readonly uniform: number } | { readonly normal: number } | undefined;
  readonly similarity?: Similarity | undefined;
  /** Whether attention's query matrices start equal to its key matrices (WQ = WK). */
  readonly tieQueryKey?: boolean | undefined;
}

/** The learning rate of a variant. */
export function variantSchedule(base: RateSchedule, variant: Variant): RateSchedule {
  const { warmUpShare, rise = 'linear', fall = 'cosine' } = variant;
  const warmUp = warmUpShare === undefined ? base.warmUp : Math.round(warmUpShare * base.steps);
  return { ...base, warmUp, rise, fall };
}

/** The model of a variant. */
export function variantModel(base: ModelConfiguration, variant: Variant): ModelConfiguration {
  const { similarity } = variant;
  return similarity === undefined ? base : { ...base, similarity };
}

/** Initial values of a variant's model. */
export function variantStart(
  model: ModelConfiguration,
  { keyStart, tieQueryKey = false }: Variant,
  seed: number,
): Parameters {
  const specs = modelParameters(model);
  const parameters = initialise(
    keyStart === undefined ? specs : { ...specs, ...keysStarting(specs, keyStart) },
    seed,
  );
  return tieQueryKey ? withTiedQueryKey(parameters) : parameters;
}

/** @throws Error if the model has no key vectors */
function keysStarting(
  specs: ParameterSpecs,
  keyStart: NonNullable<Variant['keyStart']>,
): ParameterSpecs {
  const keys = specs['keys.table'];
  if (keys === undefined) throw new Error('keyStart is of key vectors, which this model has not');
  const { shape } = keys;
  const start: Initialisation =
    'uniform' in keyStart
      ? { kind: 'uniform', limit: keyStart.uniform / shape[1] }
      : { kind: 'normal', std: keyStart.normal };
  return { 'keys.table': { shape, start } };
}

/** Copies WQ over WK in every layer; both are columns of one matrix [w, 3w], in order q, k, v. */
function withTiedQueryKey(parameters: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, values }]) => {
      if (!name.endsWith('.attention.in.weight')) return [name, { shape, values }];
      const [w, columns] = shape;
      const tied = values.slice();
      for (let row = 0; row < w; row++) {
        tied.copyWithin(row * columns + w, row * columns, row * columns + w);
      }
      return [name, { shape, values: tied }];
    }),
  );
}
