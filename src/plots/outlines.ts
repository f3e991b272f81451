import { readFileSync } from 'node:fs';
import { DOMParser } from 'linkedom';
import opentype, { type Font } from 'opentype.js';
import { FONT_FILES, type Weight } from './fonts.ts';

/** Sizes of text in pixels, and which text is bold. */
interface TextStyles {
  /** Of text that says nothing else. */
  readonly size: number;
  /** By class, of the text or of what it stands in. */
  readonly classes: Readonly<Record<string, { readonly size: number; readonly bold?: boolean }>>;
}

/** Digits after the point of a letter's outline, in pixels. */
const PRECISION = 2;

const fonts = new Map<Weight, Font>();

/**
 * The SVG with its text as outlines of the project's font, so that it looks the same wherever it is shown
 * and nothing is clipped. Each text becomes `<g class="text" aria-label="...">`; a letter is stored once per
 * size and weight. Text with a letter that the font does not have stays text.
 */
export function outlineText(svg: string, styles: TextStyles): string {
  const document = new DOMParser().parseFromString(svg, 'image/svg+xml', undefined);
  const glyphs = new Map<string, string>();
  for (const text of [...document.querySelectorAll('text')]) {
    const letters = lettersOf(text, fontOf(text, styles));
    if (letters === undefined) continue;
    const group = document.createElement('g');
    for (const { name, value } of text.attributes) {
      if (!LAID_OUT.has(name)) group.setAttribute(name, value);
    }
    group.setAttribute('class', ['text', text.getAttribute('class')].filter(Boolean).join(' '));
    group.setAttribute('aria-label', text.textContent ?? '');
    group.innerHTML = letters
      .map(({ id, outline, x, y }) => {
        glyphs.set(id, outline);
        return `<use href="#${id}" x="${short(x)}"${y === 0 ? '' : ` y="${short(y)}"`}/>`;
      })
      .join('');
    text.replaceWith(group);
  }
  const paths = [...glyphs].map(([id, outline]) => `<path id="${id}" d="${outline}"/>`);
  const root = document.documentElement;
  if (paths.length > 0) root.insertAdjacentHTML('afterbegin', `<defs>${paths.join('')}</defs>`);
  return `${root.outerHTML}\n`;
}

/** Attributes that the outlines have taken into account. */
const LAID_OUT = new Set([
  'x',
  'y',
  'dx',
  'dy',
  'text-anchor',
  'font-size',
  'font-weight',
  'class',
]);

interface FontChoice {
  readonly size: number;
  readonly weight: Weight;
  readonly anchor: string;
}

interface Letter {
  readonly id: string;
  readonly outline: string;
  readonly x: number;
  readonly y: number;
}

/** Letters of all lines of a text; `undefined` if the font lacks one. */
function lettersOf(text: Element, choice: FontChoice): readonly Letter[] | undefined {
  const length = (element: Element, name: string) => lengthOf(element, name, choice);
  const spans = [...text.children];
  const all: Letter[] = [];
  let y = length(text, 'y') + length(text, 'dy');
  for (const line of spans.length === 0 ? [text] : spans) {
    if (line !== text) {
      if (line.hasAttribute('y')) y = length(line, 'y') + length(text, 'dy');
      y += length(line, 'dy');
    }
    const x = length(line.hasAttribute('x') ? line : text, 'x') + length(text, 'dx');
    const letters = lineOf(line.textContent ?? '', x, y, choice);
    if (letters === undefined) return undefined;
    all.push(...letters);
  }
  return all;
}

function lineOf(
  content: string,
  x: number,
  y: number,
  { size, weight, anchor }: FontChoice,
): readonly Letter[] | undefined {
  const font = fontOfWeight(weight);
  const scale = size / font.unitsPerEm;
  // Letter by letter: opentype.js does not know all substitutions of this font.
  const glyphs = [...content].map((letter) => font.charToGlyph(letter));
  if (glyphs.some(({ index }) => index === 0)) return undefined;
  const places = [0];
  for (const [i, glyph] of glyphs.entries()) {
    const next = glyphs[i + 1];
    const kerning = next === undefined ? 0 : font.getKerningValue(glyph, next);
    places.push(places[i] + ((glyph.advanceWidth ?? 0) + kerning) * scale);
  }
  const width = places[glyphs.length];
  const left = x - (anchor === 'end' ? width : anchor === 'middle' ? width / 2 : 0);
  return glyphs.flatMap((glyph, i) => {
    const outline = glyph.getPath(0, 0, size).toPathData(PRECISION);
    if (outline === '') return [];
    return [{ id: `g${weight}-${size}-${glyph.index}`, outline, x: left + places[i], y }];
  });
}

/** A length in pixels; 0 where there is none. */
function lengthOf(element: Element, name: string, { size }: FontChoice): number {
  const value = element.getAttribute(name) ?? '0';
  return value.endsWith('em') ? Number.parseFloat(value) * size : Number.parseFloat(value);
}

/** Size, weight and anchor that a text has or inherits. */
function fontOf(text: Element, { size, classes }: TextStyles): FontChoice {
  let chosen: number | undefined;
  let weight: Weight | undefined;
  let anchor: string | undefined;
  for (let at: Element | null = text; at !== null; at = at.parentElement) {
    const names = (at.getAttribute('class') ?? '').split(' ');
    const [named] = names.flatMap((name) => classes[name] ?? []);
    chosen ??= named?.size;
    // The style sheet gives every svg the common size, whatever its attribute says.
    if (at.tagName !== 'svg') chosen ??= numberOf(at.getAttribute('font-size'));
    weight ??= named && weightOf(named.bold);
    const bold = at.getAttribute('font-weight');
    if (bold !== null) weight ??= weightOf(bold === 'bold' || Number(bold) >= 600);
    anchor ??= at.getAttribute('text-anchor') ?? undefined;
  }
  return { size: chosen ?? size, weight: weight ?? 400, anchor: anchor ?? 'start' };
}

function weightOf(bold = false): Weight {
  return bold ? 600 : 400;
}

function numberOf(value: string | null): number | undefined {
  return value === null ? undefined : Number.parseFloat(value);
}

function fontOfWeight(weight: Weight): Font {
  const known = fonts.get(weight);
  if (known !== undefined) return known;
  const { buffer, byteOffset, byteLength } = readFileSync(FONT_FILES[weight]);
  const font = opentype.parse(buffer.slice(byteOffset, byteOffset + byteLength));
  fonts.set(weight, font);
  return font;
}

function short(value: number): string {
  return String(Number(value.toFixed(PRECISION)));
}
