import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { NamedSpecs, NamedTensors, StepDefinition } from './program.js';
type State = StepDefinition['state'];
export interface UpdateInput {
    readonly parameters: NamedTensors;
    readonly gradients: NamedTensors;
    /** The step's state; the optimizer takes its own tensors from it by name. */
    readonly state: NamedTensors;
    /** A scalar tensor: a number would be baked into the compiled graph. */
    readonly learningRate: Tensor;
    /** Factors on the learning rate by parameter name; 1 where absent. */
    readonly multipliers?: Readonly<Record<string, number>>;
}
export interface Update {
    readonly parameters: NamedTensors;
    readonly state: NamedTensors;
}
/** An optimizer as pure functions on named tensors, to be used inside a step. */
export interface Optimizer {
    /** State tensors the optimizer needs for these parameters; to be part of the step's state. */
    initialState(parameters: NamedSpecs): State;
    /** Parameters and own state after one step. */
    update(input: UpdateInput): Update;
}
export declare const zerosFor: (parameters: NamedSpecs, prefixes: readonly string[]) => State;
/** Warns of a learning rate that a compiled step has for good. */
export declare const checkRate: ({ learningRate }: UpdateInput) => void;
export declare const rateOf: ({ learningRate, multipliers }: UpdateInput, name: string) => Tensor;
/** Plain gradient descent: p - lr g. */
export declare const sgd: () => Optimizer;
/** Gradient descent with (heavy-ball) momentum: v' = momentum v + g, p' = p - lr v'. */
export declare const momentum: ({ momentum }?: {
    readonly momentum?: number;
}) => Optimizer;
/** Gradients scaled so that their joint Euclidean norm is at most `limit`, and that norm before. */
export declare const clipByGlobalNorm: (gradients: NamedTensors, limit: number) => {
    readonly gradients: NamedTensors;
    readonly norm: Scalar;
};
/**
 * Joint Euclidean norm of all tensors, added up in the order in which they were made. ONNX Runtime
 * computes a sum's first terms first, and what an update needs is this norm first of all: so each
 * weight gradient is made as soon as it can be. In another order it goes down to the first layer
 * before it multiplies out a single weight gradient, and keeps what all of them are made of.
 */
export declare const globalNorm: (tensors: NamedTensors) => Scalar;
/** Value and gradients of a scalar function of named tensors. */
export declare const valueAndGradients: (loss: (parameters: NamedTensors) => Tensor, parameters: NamedTensors) => {
    readonly value: Scalar;
    readonly gradients: NamedTensors;
};
export declare const mapNamed: (tensors: NamedTensors, f: (tensor: Tensor, name: string) => Tensor) => Record<string, Tensor>;
export declare const prefixed: (prefix: string, tensors: NamedTensors) => NamedTensors;
export {};
