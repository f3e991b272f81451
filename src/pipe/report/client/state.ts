import { useEffect, useState } from 'preact/hooks';
import type { ReportBrowser } from '../../pipeline/contract.ts';

/** Data of the page while they are read. */
export type LoadedState<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'loaded'; readonly value: T }
  | { readonly state: 'failed'; readonly message: string };

const { report } = globalThis as unknown as { readonly report: ReportBrowser };

/** Reads data of the page. @param name `undefined` reads nothing */
export function useLoaded<T>(name: string | undefined): LoadedState<T> {
  const [loaded, setLoaded] = useState<LoadedState<T>>({ state: 'loading' });
  useEffect(() => {
    let isWanted = true;
    setLoaded({ state: 'loading' });
    if (name === undefined) return undefined;
    report.load(name).then(
      (value) => isWanted && setLoaded({ state: 'loaded', value: value as T }),
      (error: Error) => isWanted && setLoaded({ state: 'failed', message: error.message }),
    );
    return () => {
      isWanted = false;
    };
  }, [name]);
  return loaded;
}

/** What stands behind the # of the address, and sets it. */
export function useHash(): [string, (hash: string) => void] {
  const [hash, setHash] = useState(readHash);
  useEffect(() => {
    // Whoever skips the navigation stays where they are.
    const update = () => location.hash !== '#main' && setHash(readHash());
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
  }, []);
  return [
    hash,
    (value) => {
      location.hash = encodeURIComponent(value);
    },
  ];
}

function readHash(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return '';
  }
}
