import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { saveOnnx } from '../../engine/index.ts';
import type { Parameters } from '../../study/models/parameters.ts';
import { asState } from '../state.ts';
import { type CubesModel, captionVectors, pictureVectors } from './model.ts';

/** Writes a `clip` as two ONNX files with the names of Hugging Face's exports, for one picture or caption at a time. */
export async function exportClip(
  model: CubesModel,
  parameters: Parameters,
  paths: { readonly image: string; readonly text: string },
): Promise<void> {
  const { size, words } = model;
  await saveOnnx(paths.image, {
    inputs: { pixel_values: { shape: [1, 3, size, size], dtype: 'float32' } },
    state: asState(parameters),
    step: ({ pixel_values }, p) => ({
      outputs: { image_embeds: pictureVectors(p, model, pixel_values as Tensor4D) },
    }),
  });
  await saveOnnx(paths.text, {
    inputs: { input_ids: { shape: [1, words], dtype: 'int32' } },
    state: asState(parameters),
    step: ({ input_ids }, p) => ({
      outputs: { text_embeds: captionVectors(p, model, input_ids as Tensor2D) },
    }),
  });
}
