import type { backend_util } from '@tensorflow/tfjs';
import type { Attributes, Graph } from '../graph/graph.ts';
import { tf } from '../tfjs/tf.ts';
import { transpose } from './layout.ts';
import type { Symbolic } from './symbolic.ts';

/** How a window moves over the spatial axes of a tensor; one number per axis, first axis first. */
export interface Window {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before the input, and after it as far as the last window reaches. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Input that no window reaches, after the last one. */
  readonly unused: readonly number[];
  readonly input: readonly number[];
  readonly output: readonly number[];
}

export type Padding = 'valid' | 'same' | number | [number, number][];

/** Attributes that tfjs's kernels of convolution and pooling have. */
export interface WindowAttributes {
  readonly strides: number | number[];
  readonly pad: Padding;
  readonly dataFormat?: string;
  readonly dilations?: number | number[] | null;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterSize?: number | number[];
}

type Info = backend_util.Conv2DInfo | backend_util.Conv3DInfo;

/** The window of tfjs's description, in two or three dimensions. */
export function windowOf(info: Info): Window {
  const { padInfo } = info;
  const hasDepth = 'filterDepth' in info;
  const axes = (depth: (of: backend_util.Conv3DInfo) => number, plane: number[]): number[] =>
    hasDepth ? [depth(info), ...plane] : plane;
  const size = axes((of) => of.filterDepth, [info.filterHeight, info.filterWidth]);
  const strides = axes((of) => of.strideDepth, [info.strideHeight, info.strideWidth]);
  const dilations = axes((of) => of.dilationDepth, [info.dilationHeight, info.dilationWidth]);
  const before = axes((of) => of.padInfo.front, [padInfo.top, padInfo.left]);
  const input = axes((of) => of.inDepth, [info.inHeight, info.inWidth]);
  const output = axes((of) => of.outDepth, [info.outHeight, info.outWidth]);
  if (output.some((count) => count < 0)) {
    throw new Error(`a window of [${size}] does not fit the input [${input}]`);
  }
  const beyond = output.map((count, i) => {
    const reach = (count - 1) * strides[i] + (size[i] - 1) * dilations[i] + 1;
    return reach - before[i] - input[i];
  });
  const after = beyond.map((n) => Math.max(n, 0));
  const unused = beyond.map((n) => Math.max(-n, 0));
  return { size, strides, dilations, before, after, unused, input, output };
}

export function planeFormat(dataFormat: string | undefined): 'channelsLast' | 'channelsFirst' {
  return dataFormat === 'NCHW' ? 'channelsFirst' : 'channelsLast';
}

/** The window of a pooling kernel over an image or, of five axes, a volume. */
export function poolingWindow(shape: readonly number[], attributes: WindowAttributes): Window {
  const { filterSize, strides, pad, dimRoundingMode, dataFormat } = attributes;
  const { computePool2DInfo, computePool3DInfo } = tf.backend_util;
  if (shape.length === 5) {
    const volume = [...shape] as [number, number, number, number, number];
    const format = (dataFormat ?? 'NDHWC') as 'NDHWC';
    const size = filterSize as [number, number, number];
    const steps = strides as [number, number, number];
    const padding = pad as 'valid';
    return windowOf(computePool3DInfo(volume, size, steps, 1, padding, dimRoundingMode, format));
  }
  const plane = [...shape] as [number, number, number, number];
  const size = filterSize as [number, number];
  const steps = strides as [number, number];
  return windowOf(computePool2DInfo(plane, size, steps, 1, pad as 'valid', dimRoundingMode));
}

/** ONNX's attributes of a window. */
export function onnxWindow({ size, strides, dilations, before, after }: Window): Attributes {
  return {
    kernel_shape: [...size],
    strides: [...strides],
    dilations: [...dilations],
    pads: [...before, ...after],
  };
}

/** [n, ...spatial, c] to [n, c, ...spatial] */
export function channelsFirst(graph: Graph, x: Symbolic): Symbolic {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(graph, x, [0, axes.length - 1, ...axes.slice(1, -1)]);
}

/** [n, c, ...spatial] to [n, ...spatial, c] */
export function channelsLast(graph: Graph, x: Symbolic): Symbolic {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(graph, x, [0, ...axes.slice(2), 1]);
}
