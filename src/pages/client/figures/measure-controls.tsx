import { Choice } from './controls.tsx';
import { MEASURES, type Measure, SCALES, type Scale } from './measures.ts';

/** Which measure a figure shows, and on which scale: only KL has a choice of scales. */
export function MeasureControls({
  name,
  measure,
  scale,
  onMeasure,
  onScale,
}: {
  /** Of the figure, in the names of its form fields. */
  readonly name: string;
  readonly measure: Measure;
  readonly scale: Scale;
  readonly onMeasure: (measure: Measure) => void;
  readonly onScale: (scale: Scale) => void;
}) {
  return (
    <>
      <Choice
        name={`${name}-measure`}
        legend="measure"
        choices={MEASURES}
        chosen={measure}
        onChoose={onMeasure}
      />
      {measure === 'kl' && (
        <Choice
          name={`${name}-scale`}
          legend="scale"
          choices={SCALES}
          chosen={scale}
          onChoose={onScale}
        />
      )}
    </>
  );
}
