/** An output is declared by the name of a file, or of a folder with a slash at its end: `report/`. */
export function isFolderOutput(declared: string): boolean {
  return declared.endsWith('/');
}

/** The name in the instance's folder. */
export function outputName(declared: string): string {
  return isFolderOutput(declared) ? declared.slice(0, -1) : declared;
}
