import { expect, test } from 'vitest';
import { stream } from '../../../src/random/streams.ts';
import { captionOf } from '../../../src/studies/cubes/captions.ts';
import { drawScene, facesOf, pictureOf, sceneSvg } from '../../../src/studies/cubes/scene.ts';

const SIZE = 48;

function sceneAt(colours: readonly number[], view: number) {
  return drawScene(captionOf(colours), stream(1, 'test', view));
}

test('every cube shows three faces, all inside the picture', () => {
  for (let view = 0; view < 50; view++) {
    const faces = facesOf(sceneAt([0, 1, 2, 3], view), SIZE);
    expect(faces).toHaveLength(12);
    for (const { corners } of faces) {
      expect(corners).toHaveLength(8);
      for (const at of corners) expect(Math.abs(at - SIZE / 2)).toBeLessThan(0.6 * SIZE);
    }
  }
});

test('a picture shows the colours from top to bottom, however it is posed and lit', () => {
  // Red, green and blue: the channel that is clearly the strongest down the middle.
  for (let view = 0; view < 20; view++) {
    const pixels = pictureOf(sceneAt([1, 0, 2], view), SIZE);
    const seen: number[] = [];
    for (let y = 0; y < SIZE; y++) {
      const rgb = [0, 1, 2].map((plane) => pixels[(plane * SIZE + y) * SIZE + SIZE / 2]);
      const channel = rgb.indexOf(Math.max(...rgb));
      const others = rgb.filter((_, i) => i !== channel);
      if (rgb[channel] > 1.3 * Math.max(...others) && seen[seen.length - 1] !== channel) {
        seen.push(channel);
      }
    }
    expect(seen).toEqual([1, 0, 2]);
  }
});

test('pictures differ by view and are the same each time', () => {
  expect(sceneSvg(sceneAt([0, 1], 1), SIZE)).toBe(sceneSvg(sceneAt([0, 1], 1), SIZE));
  expect(sceneSvg(sceneAt([0, 1], 2), SIZE)).not.toBe(sceneSvg(sceneAt([0, 1], 1), SIZE));
});
