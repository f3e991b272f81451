import type { CodeEntries, InstanceEntry, StageCurves } from '../../pages/instances.ts';
import { useLoaded } from '../state.ts';
import { formatCell } from '../table/table.ts';
import { Charts } from './curves.tsx';

/** Artifacts of a gathered input that are listed. */
const SOURCES = 20;

/** One instance: what it says, what it was made from, what it printed. */
export function InstanceDetail({ entry }: { readonly entry: InstanceEntry }) {
  const { id, stage, state, reason, params, metrics, seconds, finished, key } = entry;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['state', reason === undefined ? state : `${state}: ${reason}`],
    ['time', seconds === undefined ? undefined : `${Number(seconds.toPrecision(3))} s`],
    ['finished', finished?.slice(0, 19).replace('T', ' ')],
    ['action key', key],
  ];
  return (
    <article aria-labelledby="instance">
      <p>
        <a href="#all">All instances</a> ·{' '}
        <a href={`#${encodeURIComponent(`stage=${stage}`)}`}>{stage}</a>
      </p>
      <h2 id="instance">{id}</h2>
      <dl class="facts">
        {facts.map(([term, value]) =>
          value === undefined ? null : (
            <>
              <dt>{term}</dt>
              <dd class={term === 'action key' ? 'mono' : ''}>{value}</dd>
            </>
          ),
        )}
      </dl>
      {Object.keys(metrics).length > 0 && (
        <>
          <h3>Headline metrics</h3>
          <dl class="facts">
            {Object.entries(metrics).map(([name, [value, within]]) => (
              <>
                <dt>{name}</dt>
                <dd>
                  <span title={String(value)}>{formatCell(value)}</span>{' '}
                  {within > 0 && <span class="muted">± {formatCell(within)}</span>}
                </dd>
              </>
            ))}
          </dl>
        </>
      )}
      {entry.hasCurve && <OwnCurves id={id} stage={stage} />}
      <h3>Params</h3>
      <pre>{JSON.stringify(params, undefined, 2)}</pre>
      <Inputs entry={entry} />
      <Code entry={entry} />
      <Files entry={entry} />
      {entry.hasLog && <Log id={id} />}
    </article>
  );
}

function OwnCurves({ id, stage }: { readonly id: string; readonly stage: string }) {
  const curves = useLoaded<StageCurves>(`curves/${stage}`);
  if (curves.state !== 'loaded') return null;
  return (
    <>
      <h3>Curves</h3>
      <Charts curves={{ [id]: curves.value[id] }} />
    </>
  );
}

function Inputs({ entry: { inputs } }: { readonly entry: InstanceEntry }) {
  if (inputs.length === 0) return null;
  return (
    <>
      <h3>Inputs</h3>
      <dl class="facts">
        {inputs.map(({ name, sources, digest }) => (
          <>
            <dt>{name}</dt>
            <dd>
              {sources.slice(0, SOURCES).map(({ instance, output }, i) => (
                <>
                  {i > 0 && ', '}
                  <a href={`#${encodeURIComponent(instance)}`}>{`${instance}/${output}`}</a>
                </>
              ))}
              {sources.length > SOURCES && ` and ${sources.length - SOURCES} more`}{' '}
              {digest !== undefined && <span class="mono muted">{digest.slice(0, 12)}</span>}
            </dd>
          </>
        ))}
      </dl>
    </>
  );
}

function Code({ entry: { module, command, code } }: { readonly entry: InstanceEntry }) {
  const codes = useLoaded<CodeEntries>('codes');
  if (code === undefined || codes.state !== 'loaded') return null;
  const { files, packages, tools = {} } = codes.value[code];
  const parts = [
    [Object.keys(files).length, 'file'],
    [Object.keys(packages).length, 'package'],
    [Object.keys(tools).length, 'tool'],
  ] as const;
  const counts = parts
    .filter(([count, name]) => count > 0 || name === 'file')
    .map(([count, name]) => `${count} ${name}${count === 1 ? '' : 's'}`);
  return (
    <>
      <h3>Code</h3>
      <p>
        {command === undefined ? (
          <>
            <code>{module}</code> and what it imports,{' '}
          </>
        ) : (
          <>
            the command <code>{command.map(quoted).join(' ')}</code>,{' '}
          </>
        )}
        <span class="mono muted">{code.slice(0, 12)}</span>
      </p>
      <details>
        <summary>{counts.join(', ')}</summary>
        <ul class="mono">
          {Object.entries(files).map(([path, digest]) => (
            <li key={path}>
              <span class="muted">{digest.slice(0, 12)}</span> {path}
            </li>
          ))}
          {Object.entries(packages).map(([name, version]) => (
            <li key={name}>
              {name} {version}
            </li>
          ))}
          {Object.entries(tools).map(([name, says]) => (
            <li key={name}>
              {name}: {says}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

/** A word of a command as a shell would need it. */
function quoted(word: string): string {
  return /^[\w./:={}@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function Files({ entry }: { readonly entry: InstanceEntry }) {
  const { id, files } = entry;
  const hasText = files.some(({ isText }) => isText);
  const texts = useLoaded<Readonly<Record<string, string>>>(hasText ? 'texts' : undefined);
  if (files.length === 0) return null;
  return (
    <>
      <h3>Artifacts</h3>
      <ul>
        {files.map(({ name, digest, size, isText }) => (
          <li key={name}>
            <FileName entry={entry} file={name} />, {size.toLocaleString('en')} bytes{' '}
            <span class="mono muted">{digest.slice(0, 12)}</span>
            {isText && texts.state === 'loaded' && (
              <details>
                <summary>show {name}</summary>
                <pre>{texts.value[`${id}/${name}`]}</pre>
              </details>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** A table leads to its rows among those of all instances. */
function FileName({ entry, file }: { readonly entry: InstanceEntry; readonly file: string }) {
  const { stage, axes, files } = entry;
  const output = files.find(({ name }) => name === file)?.output ?? '';
  if (!file.endsWith('.arrow') || file.includes('/')) return <>{file}</>;
  const search = Object.entries(axes).map(([name, value]) => `"${name}=${value}"`);
  const query = search.length === 0 ? '' : `?${search.join(' ')}`;
  return <a href={`tables.html#${encodeURIComponent(`${stage}/${output}${query}`)}`}>{file}</a>;
}

function Log({ id }: { readonly id: string }) {
  const logs = useLoaded<Readonly<Record<string, string>>>('logs');
  if (logs.state !== 'loaded') return null;
  return (
    <>
      <h3>Log</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls what has the focus */}
      <pre tabIndex={0}>{logs.value[id]}</pre>
    </>
  );
}
