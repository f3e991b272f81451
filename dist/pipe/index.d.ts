/** What a stage imports: its contract with the runner, and nothing else. */
export { type Arity, type Checkpoint, type Coordinate, type Coordinates, type Cost, defineStage, type GatheredArtifact, type Headline, type HeadlineMetric, type InputArtifact, type Progress, type Stage, type StageContext, } from './pipeline/contract.js';
