import type { Tensor } from '@tensorflow/tfjs';
export interface LayerNormOptions {
    /** The gradients that arrive have the mean zero along the last axis: it is not subtracted again. */
    readonly gradientIsCentred?: boolean;
}
/**
 * Every vector along the last axis minus its mean, over its standard deviation (Ba et al., arXiv
 * 1607.06450), without gain and bias: y = (x - mean(x)) / sqrt(var(x) + epsilon). // [..., w]
 *
 * One operation in a compiled graph, and half the passes of the composition in its gradient:
 * dx = (dy - mean(dy) - y mean(dy y)) / sqrt(var(x) + epsilon).
 */
export declare const layerNorm: <T extends Tensor>(x: T, epsilon?: number, { gradientIsCentred }?: LayerNormOptions) => T;
/**
 * 1 / sqrt(var(x) + epsilon) of every vector along the last axis: what `layerNorm` multiplies it by,
 * where the product is formed elsewhere. dx = -r² y / w for r, with y normalised. // [..., w] -> [..., 1]
 */
export declare const inverseDeviation: <T extends Tensor>(x: T, epsilon?: number) => T;
