import { Resvg } from '@resvg/resvg-js';

/** An SVG without text as pixels, one plane per colour, 0 to 255. // [3, height, width] */
export function renderPixels(svg: string): Uint8Array {
  // Looking for the machine's fonts would take several times as long as drawing.
  const image = new Resvg(svg, { font: { loadSystemFonts: false } }).render();
  const { pixels } = image;
  const count = image.width * image.height;
  const planes = new Uint8Array(3 * count);
  for (let at = 0; at < count; at++) {
    for (let plane = 0; plane < 3; plane++) planes[plane * count + at] = pixels[4 * at + plane];
  }
  return planes;
}
