import { type Optimizer } from './optimizers.js';
export interface AdamOptions {
    readonly beta1?: number;
    readonly beta2?: number;
    readonly epsilon?: number;
}
/**
 * Adam (Kingma and Ba, 2015, algorithm 1) with bias correction:
 * m' = b1 m + (1 - b1) g, v' = b2 v + (1 - b2) g², p' = p - lr m̂ / (√v̂ + ε).
 *
 * The moments are kept divided by (1 - b1) and (1 - b2), which saves two passes over every parameter;
 * the factors return in the scalars. The number of steps taken is part of the state. Small parameters
 * are updated as one vector: eleven operations for all of them instead of eleven for each.
 */
export declare const adam: ({ beta1, beta2, epsilon, }?: AdamOptions) => Optimizer;
