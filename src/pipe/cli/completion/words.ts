/** Splits a line into words as a shell does, without quotes; the last is empty after a space. */
export function wordsOf(line: string): readonly string[] {
  const words = [''];
  let quote = '';
  for (let i = 0; i < line.length; i += 1) {
    const character = line[i];
    const last = words.length - 1;
    if (quote !== '') {
      if (character === quote) quote = '';
      else words[last] += character;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === '\\') {
      i += 1;
      words[last] += line[i] ?? '';
    } else if (/\s/.test(character)) {
      if (words[last] !== '') words.push('');
    } else words[last] += character;
  }
  return words;
}
