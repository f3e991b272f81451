// The gradient of cropping and resizing, as products with the matrices that interpolate:
//
//   crop = Y P X'
//
// N boxes of images P of H x W pixels in C channels, crops of h x w, Y [N, h, H] and X [N, w, W].
import type { GradConfig, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../tfjs/tf.ts';

/** How the pixels of a crop follow from those of an image along one axis. */
interface Interpolation {
  /** // [N, size, length] */
  readonly matrix: Tensor3D;
  /** Slope of the matrix by the positions; zero where a position is a pixel's own. // [N, size, length] */
  readonly slope: Tensor3D;
}

interface Crop {
  readonly cropSize: [number, number];
  readonly method: 'bilinear' | 'nearest';
}

function interpolation(
  start: Tensor1D,
  end: Tensor1D,
  size: number,
  length: number,
  method: Crop['method'],
): Interpolation {
  const from = tf.reshape(start, [-1, 1]);
  const to = tf.reshape(end, [-1, 1]);
  const share = tf.tensor2d(sharesOf(size), [1, size]);
  const along = tf.add(tf.mul(from, tf.sub(1, share)), tf.mul(to, share));
  const position = tf.mul(along, length - 1); // [N, size]
  const isInside = tf.logicalAnd(tf.greaterEqual(position, 0), tf.lessEqual(position, length - 1));
  const inside = tf.expandDims(tf.cast(isInside, 'float32'), 2);
  const pixel = (at: Tensor) =>
    tf.mul(tf.oneHot(tf.cast(at, 'int32') as Tensor2D, length), inside) as Tensor3D;
  if (method === 'nearest') {
    const matrix = pixel(tf.floor(tf.add(position, 0.5)));
    return { matrix, slope: tf.zerosLike(matrix) };
  }
  const [low, high] = [pixel(tf.floor(position)), pixel(tf.ceil(position))];
  const slope = tf.sub(high, low) as Tensor3D;
  const rest = tf.expandDims(tf.sub(position, tf.floor(position)), 2);
  return { matrix: tf.add(low, tf.mul(slope, rest)) as Tensor3D, slope };
}

/** How far along the box each pixel of a crop lies: a single one in the middle. */
function sharesOf(size: number): number[] {
  return size === 1 ? [0.5] : Array.from({ length: size }, (_, i) => i / (size - 1));
}

/** A P B', for images. // A [N, a, H], P [N, H, W, C], B [N, b, W] -> [N, a, b, C] */
function between(a: Tensor3D, images: Tensor4D, b: Tensor3D): Tensor4D {
  return swapped(alongRows(b, swapped(alongRows(a, images))));
}

/** A P. // A [N, a, H], P [N, H, W, C] -> [N, a, W, C] */
function alongRows(a: Tensor3D, images: Tensor4D): Tensor4D {
  const [n, rows, columns, channels] = images.shape;
  const product = tf.matMul(a, tf.reshape(images, [n, rows, columns * channels]) as Tensor3D);
  return tf.reshape(product, [n, a.shape[1], columns, channels]) as Tensor4D;
}

function swapped(images: Tensor4D): Tensor4D {
  return tf.transpose(images, [0, 2, 1, 3]);
}

function transposed(matrix: Tensor3D): Tensor3D {
  return tf.transpose(matrix, [0, 2, 1]);
}

const cropAndResize: Omit<GradConfig, 'kernelName'> = {
  inputsToSave: ['image', 'boxes', 'boxInd'],
  gradFunc: (given, [image, boxes, boxInd], attributes) => {
    const dy = given as Tensor4D;
    const { cropSize, method } = attributes as unknown as Crop;
    const [count, height, width] = image.shape;
    const [top, left, bottom, right] = tf.unstack(boxes, 1) as Tensor1D[];
    const down = interpolation(top, bottom, cropSize[0], height, method);
    const across = interpolation(left, right, cropSize[1], width, method);
    return {
      image: () => {
        const each = between(transposed(down.matrix), dy, transposed(across.matrix));
        return tf.unsortedSegmentSum(each, boxInd as Tensor1D, count);
      },
      boxes: () => {
        const images = tf.gather(image, boxInd as Tensor1D) as Tensor4D;
        const ofDown = tf.mul(dy, between(down.slope, images, across.matrix));
        const ofAcross = tf.mul(dy, between(down.matrix, images, across.slope));
        const rows = tf.mul(tf.sum(ofDown, [2, 3]), height - 1); // [N, h]
        const columns = tf.mul(tf.sum(ofAcross, [1, 3]), width - 1); // [N, w]
        const edges = (slopes: Tensor, size: number) => {
          const share = tf.tensor2d(sharesOf(size), [1, size]);
          return [tf.sub(1, share), share].map((part) => tf.sum(tf.mul(slopes, part), 1));
        };
        const [y1, y2] = edges(rows, cropSize[0]);
        const [x1, x2] = edges(columns, cropSize[1]);
        return tf.stack([y1, x1, y2, x2], 1);
      },
      boxInd: () => tf.zeros(boxInd.shape),
    };
  },
};

export const images: Readonly<Record<string, Omit<GradConfig, 'kernelName'>>> = {
  CropAndResize: cropAndResize,
};
