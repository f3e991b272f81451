import type { Tensor2D } from '@tensorflow/tfjs';
import { type Optimizer } from './optimizers.js';
export interface MuonOptions {
    /** Share of the momentum that a step keeps. */
    readonly beta?: number;
}
/**
 * Muon (Jordan et al., 2024, https://kellerjordan.github.io/posts/muon): momentum whose direction
 * is replaced by the nearest orthogonal matrix, for matrices [from, to] that map activations to
 * activations. All singular directions then move at the same speed, while Adam follows the few that
 * dominate. With M' = b M + G:
 *
 *   p' = p - lr 0.2 √max(from, to) orthogonalise(G + b M')
 *
 * The factor is that of Liu et al. (arXiv 2502.16982).
 */
export declare const muon: ({ beta }?: MuonOptions) => Optimizer;
/**
 * A matrix with the singular vectors of `matrix` and singular values between 0.7 and 1.2, except
 * where they were less than about a hundredth of the Frobenius norm. // [from, to]
 */
export declare function orthogonalise(matrix: Tensor2D): Tensor2D;
/** The first optimizer for the parameters whose names `isFirst` accepts, the second for the rest. */
export declare const either: (isFirst: (name: string) => boolean, first: Optimizer, second: Optimizer) => Optimizer;
