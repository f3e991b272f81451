import type { Swatch } from './series.ts';

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly legend: string;
  readonly choices: Readonly<Record<T, string>>;
  readonly chosen: T;
  onChoose(choice: T): void;
}

/** One of a few. */
export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { name, legend, choices, chosen, onChoose } = props;
  return (
    <fieldset class="choice">
      <legend class="unseen">{legend}</legend>
      {(Object.keys(choices) as T[]).map((choice) => (
        <label key={choice}>
          <input
            type="radio"
            name={name}
            checked={choice === chosen}
            onChange={() => onChoose(choice)}
          />
          {choices[choice]}
        </label>
      ))}
    </fieldset>
  );
}

interface SwitchesProps {
  readonly legend: string;
  readonly series: readonly Swatch[];
  readonly hidden: ReadonlySet<string>;
  onChange(hidden: ReadonlySet<string>): void;
}

/** The legend of a figure; a click takes a series away or brings it back. */
export function Switches({ legend, series, hidden, onChange }: SwitchesProps) {
  const toggle = (name: string) => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    onChange(next);
  };
  return (
    <fieldset class="switches">
      <legend class="unseen">{legend}</legend>
      {series.map(({ name, colour, dash }) => (
        <label key={name}>
          <input type="checkbox" checked={!hidden.has(name)} onChange={() => toggle(name)} />
          <svg class="key" viewBox="0 0 26 10" aria-hidden="true">
            <path d="M0 5H26" style={{ stroke: colour, strokeWidth: 2.5, strokeDasharray: dash }} />
          </svg>
          {name}
        </label>
      ))}
    </fieldset>
  );
}
