import type { LayersModel, ModelCompileArgs, Tensor } from '@tensorflow/tfjs';
import { BACKEND_NAME } from '../recording/register.ts';
import { checkWhole } from '../step/check.ts';
import { EngineError } from '../step/errors.ts';
import {
  type Batch,
  type BatchFunction,
  countStep,
  hasOwnOptimizer,
  interceptBatchFunctions,
  internalsOf,
  learningRateOf,
  partsOf,
  settingsOf,
  withLearningRate,
  workingModel,
} from '../tfjs/layers.ts';
import { tf } from '../tfjs/tf.ts';
import { BatchStep, specOf } from './batch-step.ts';
import { VariableBuffers } from './variable-buffers.ts';

export interface CompileModelOptions extends Partial<ModelCompileArgs> {
  /** Threads that an operation may use, 1 by default. */
  readonly threads?: number;
}

/** What a model compiles to: a graph per shape of its batches. */
interface CompiledModel {
  readonly options: CompileModelOptions | undefined;
  /** Why the model runs operation by operation. */
  refusal: unknown;
  /** Most recently used last. */
  readonly steps: Map<string, BatchStep>;
  readonly buffers: VariableBuffers;
  /** Whether the optimizer has made its variables. */
  isWarm: boolean;
  /** What the graphs were made for. */
  parts: readonly unknown[];
}

/** Graphs that a model keeps: training and evaluation, whole and last batches, some lengths of sequences. */
const MAX_STEPS = 32;

/** Stands for the learning rate while a step is traced. */
const TRACED_RATE = 0.019_283_746;

const models = new WeakMap<LayersModel, CompiledModel>();
/** All of them, to free their sessions. */
const living = new Set<WeakRef<CompiledModel>>();

/**
 * Makes `fit`, `fitDataset`, `trainOnBatch`, `evaluate` and `evaluateDataset` of a model run every batch as
 * one graph, on any active backend. The model computes what it computed before.
 *
 * On the onnxruntime backend this happens by itself to models of tfjs's own layers, losses, metrics and
 * optimizers. Code of your own (layers, losses) has to be pure: it is called once per shape of a batch, so
 * it must not read tensors, and what it depends on must be tensors or properties of layers.
 *
 * @param options as for `model.compile`, which is called if a loss is given
 * @returns the model
 * @throws EngineError when the model is not compiled; later, by `fit`, when a step cannot be traced
 */
export async function compileModel<T extends LayersModel>(
  model: T,
  options: CompileModelOptions = {},
): Promise<T> {
  const { optimizer, loss, metrics, threads } = options;
  checkWhole('threads', threads, 1);
  if (loss !== undefined) {
    if (optimizer === undefined)
      throw new EngineError('compileModel needs an optimizer with the loss');
    model.compile({ optimizer, loss, ...(metrics === undefined ? {} : { metrics }) });
  }
  const working = workingModel(model);
  if (internalsOf(working).optimizer_ === undefined) {
    throw new EngineError(
      'the model has no loss and optimizer: call model.compile, or compileModel(model, { loss, optimizer })',
    );
  }
  if (settingsOf(working).isStateful) {
    throw new EngineError(
      'a model with a stateful layer cannot be compiled: its state is no variable',
    );
  }
  models.set(working, newCompiled(options));
  return model;
}

/** Makes models on the onnxruntime backend train and evaluate by graphs. */
export function registerModels(): void {
  interceptBatchFunctions(
    (model, step) => (batch) => runBatch(model, 'train', step, batch),
    (model, step) => (batch) => runBatch(model, 'test', step, batch),
  );
}

function newCompiled(options: CompileModelOptions | undefined): CompiledModel {
  const compiled: CompiledModel = {
    options,
    refusal: undefined,
    isWarm: false,
    steps: new Map(),
    buffers: new VariableBuffers(),
    parts: [],
  };
  living.add(new WeakRef(compiled));
  return compiled;
}

/** Frees the sessions of all models. Later batches make new ones. */
export function freeModelSessions(): void {
  for (const reference of living) {
    const compiled = reference.deref();
    if (compiled === undefined) living.delete(reference);
    else freeSteps(compiled);
  }
}

function freeSteps({ steps }: CompiledModel): void {
  for (const step of steps.values()) step.dispose();
  steps.clear();
}

function runBatch(
  model: LayersModel,
  kind: 'train' | 'test',
  step: BatchFunction,
  batch: Batch,
): Tensor[] {
  const compiled = compiledModel(model);
  const settings = compiled && settingsOf(model);
  if (compiled === undefined || settings === undefined) return step(batch);
  const isAsked = compiled.options !== undefined;
  if (!isAsked && (!settings.isOwn || settings.isStateful)) return step(batch);
  renewIfChanged(compiled, model);
  if (compiled.refusal !== undefined) return step(batch);
  // The optimizer makes its variables in its first step.
  if (kind === 'train' && !compiled.isWarm) {
    compiled.isWarm = true;
    return step(batch);
  }
  let found: BatchStep;
  const rate = kind === 'train' ? learningRateOf(internalsOf(model)) : undefined;
  try {
    found = stepFor(compiled, model, { kind, step, batch, rate, settings: settings.text });
  } catch (cause) {
    if (isAsked) throw cause;
    // A layer does what a graph cannot, such as reading a tensor.
    compiled.refusal = cause;

    return step(batch);
  }
  const outputs = found.run(batch, rate);
  if (kind === 'train') countStep(internalsOf(model));
  return outputs;
}

/** Undefined for a model that runs operation by operation on another backend. */
function compiledModel(model: LayersModel): CompiledModel | undefined {
  const known = models.get(model);
  if (known !== undefined && known.options !== undefined) return known;
  if (tf.getBackend() !== BACKEND_NAME) return undefined;
  const compiled = known ?? newCompiled(undefined);
  models.set(model, compiled);
  return compiled;
}

/** Forgets the graphs of a model that has been compiled with another optimizer or loss since. */
function renewIfChanged(compiled: CompiledModel, model: LayersModel): void {
  const parts = partsOf(internalsOf(model));
  if (parts.every((part, i) => part === compiled.parts[i])) return;
  freeSteps(compiled);
  Object.assign(compiled, { parts, isWarm: false, refusal: undefined });
}

interface Call {
  readonly kind: 'train' | 'test';
  readonly step: BatchFunction;
  readonly batch: Batch;
  readonly rate: number | undefined;
  readonly settings: string;
}

/** The graph for batches of this shape. */
function stepFor(
  { steps, buffers, options }: CompiledModel,
  model: LayersModel,
  { kind, step, batch, rate, settings }: Call,
): BatchStep {
  const internals = internalsOf(model);
  const specs = batch.map(specOf);
  const shapes = specs.map((spec) => spec && `${spec.dtype}[${spec.shape}]`);
  // An optimizer of tfjs uses its rate as a factor, another one may compute with it.
  const isFactor = rate !== undefined && hasOwnOptimizer(internals);
  const key = [kind, settings, isFactor ? '' : rate, ...shapes].join('|');
  const traced = isFactor ? TRACED_RATE : undefined;
  const f: BatchFunction = (tensors) =>
    kind === 'test' ? step(tensors) : withLearningRate(internals, traced, () => step(tensors));
  const found =
    steps.get(key) ??
    new BatchStep(f, specs, { rate: traced, threads: options?.threads ?? 1, buffers });
  steps.delete(key);
  steps.set(key, found);
  const [oldest] = steps.keys();
  if (steps.size > MAX_STEPS) {
    steps.get(oldest)?.dispose();
    steps.delete(oldest);
  }
  return found;
}
