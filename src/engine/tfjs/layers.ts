/**
 * Everything that depends on how tfjs-layers and tfjs's optimizers work inside. Written for 4.22; look here
 * first when another version misbehaves.
 */
import type { LayersModel, Optimizer, Tensor, Variable } from '@tensorflow/tfjs';
import { tf } from './tf.ts';

/** Inputs, then targets, then weights of the samples, which may be null. */
export type Batch = (Tensor | null)[];

/** A step of training or of evaluation on a batch, to the loss and the metrics. */
export type BatchFunction = (batch: Batch) => Tensor[];

/** A model as tfjs-layers sees it. */
export interface ModelInternals {
  readonly optimizer_: Optimizer & OptimizerInternals;
  readonly loss: unknown;
  readonly metrics: unknown;
  readonly lossFunctions: readonly unknown[];
  readonly metricsTensors: readonly (readonly [unknown, number])[];
  readonly collectedTrainableWeights: readonly object[];
  readonly layers: readonly object[];
  testFunction: BatchFunction;
}

interface OptimizerInternals {
  iterations_: number | undefined;
  learningRate?: number;
  setLearningRate?(rate: number): void;
}

export function internalsOf(model: LayersModel): ModelInternals {
  return model as unknown as ModelInternals;
}

/** The model that does the work of a sequential one. */
export function workingModel(model: LayersModel): LayersModel {
  return (model as LayersModel & { readonly model?: LayersModel }).model ?? model;
}

type Wrap = (model: LayersModel, step: BatchFunction) => BatchFunction;

/** Lets other functions take the place of those with which models train and evaluate a batch. */
export function interceptBatchFunctions(train: Wrap, test: Wrap): void {
  const prototype = tf.LayersModel.prototype as unknown as {
    makeTrainFunction(): BatchFunction;
    makeTestFunction(): void;
  };
  const { makeTrainFunction, makeTestFunction } = prototype;
  prototype.makeTrainFunction = function (this: LayersModel) {
    return train(this, makeTrainFunction.call(this));
  };
  prototype.makeTestFunction = function (this: LayersModel) {
    makeTestFunction.call(this);
    const internals = internalsOf(this);
    internals.testFunction = test(this, internals.testFunction);
  };
}

/** Every variable of the process by name. */
export function allVariables(): readonly Variable[] {
  return Object.values(tf.engine().registeredVariables);
}

export function learningRateOf({ optimizer_ }: ModelInternals): number | undefined {
  const { learningRate } = optimizer_;
  return typeof learningRate === 'number' ? learningRate : undefined;
}

/** Runs `f` with another learning rate, if one is given, and leaves the counter of steps as it was. */
export function withLearningRate<T>(
  { optimizer_ }: ModelInternals,
  rate: number | undefined,
  f: () => T,
): T {
  const { iterations_, learningRate } = optimizer_;
  if (rate !== undefined) setLearningRate(optimizer_, rate);
  try {
    return f();
  } finally {
    if (rate !== undefined && learningRate !== undefined) {
      setLearningRate(optimizer_, learningRate);
    }
    optimizer_.iterations_ = iterations_;
  }
}

function setLearningRate(optimizer: OptimizerInternals, rate: number): void {
  // SGD keeps the rate in a tensor as well.
  if (optimizer.setLearningRate !== undefined) optimizer.setLearningRate(rate);
  else optimizer.learningRate = rate;
}

/** Counts a step, as the optimizer does when it applies gradients. */
export function countStep({ optimizer_ }: ModelInternals): void {
  optimizer_.iterations_ = (optimizer_.iterations_ ?? 0) + 1;
}

/** Makes a variable another tensor's for a while, without a kernel. */
export function pointVariable(variable: Variable, dataId: object): void {
  (variable as { dataId: object }).dataId = dataId;
}

/** tfjs's own layers, optimizers, regularizers and so on, as this module found them. */
const OWN_CLASSES: ReadonlySet<unknown> = new Set(
  Object.values(tf.serialization.SerializationMap.getMap().classNameMap).map(([Class]) => Class),
);
const OWN_FUNCTIONS: ReadonlySet<unknown> = new Set([
  ...Object.values(tf.losses),
  ...Object.values(tf.metrics),
]);

export function hasOwnOptimizer({ optimizer_ }: ModelInternals): boolean {
  return OWN_CLASSES.has(optimizer_.constructor);
}

/** Objects that `model.compile` replaces. */
export function partsOf(model: ModelInternals): readonly unknown[] {
  return [
    model.optimizer_,
    model.lossFunctions,
    model.metricsTensors,
    model.collectedTrainableWeights,
  ];
}

/** What the behaviour of a model depends on besides its tensors. */
export interface ModelSettings {
  /** Whether all of it is tfjs's own code. */
  readonly isOwn: boolean;
  /** Whether a layer keeps tensors from batch to batch. */
  readonly isStateful: boolean;
  /** Numbers, strings and flags of its parts, such as the rate of a dropout. */
  readonly text: string;
}

/** Properties that change without a meaning for what a step computes. */
const PASSING = new Set([
  'learningRate',
  'iterations_',
  'c',
  'history',
  'isTraining',
  'stopTraining_',
]);

export function settingsOf(model: LayersModel): ModelSettings {
  const internals = internalsOf(model);
  const parts: unknown[] = [];
  const visited = new Set<object>();
  let isOwn = [internals.loss, internals.metrics].every(isOwnChoice);
  let isStateful = false;
  const pending: object[] = [internals.optimizer_, ...internals.layers];
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (visited.has(part)) continue;
    visited.add(part);
    if (!OWN_CLASSES.has(part.constructor) && !isModel(part)) isOwn = false;
    for (const [name, value] of Object.entries(part)) {
      if (PASSING.has(name)) continue;
      if (name === '_stateful' && value === true) isStateful = true;
      if (typeof value === 'object') pending.push(...partsIn(value));
      else if (typeof value !== 'function') parts.push(value);
    }
  }
  return { isOwn, isStateful, text: parts.join() };
}

function isModel(part: object): boolean {
  return part.constructor === tf.LayersModel || part.constructor === tf.Sequential;
}

/** Layers, cells, regularizers and so on in a property. */
function partsIn(value: unknown): object[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item) => item instanceof tf.serialization.Serializable);
}

/** Whether losses or metrics are named or tfjs's own, as one, a list or by output. */
function isOwnChoice(choice: unknown): boolean {
  if (choice === undefined || choice === null || typeof choice === 'string') return true;
  if (typeof choice === 'function') return OWN_FUNCTIONS.has(choice);
  return Object.values(choice).every(isOwnChoice);
}
