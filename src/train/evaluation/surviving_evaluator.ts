import { Tensor } from "../../autograd/index.ts";
import { checkOptions } from "../../base/index.ts";
import type { DataLoaderOptions, Dataset } from "../../data/index.ts";
import { KeptTensor } from "../state/kept_tensor.ts";
import type { Survival } from "../state/survival.ts";
import type { Evaluation } from "./evaluate.ts";
import { EVALUATE_OPTIONS, type EvaluateOptions, type Evaluator } from "./evaluator.ts";
import { PREDICT_OPTIONS, type Prediction, type PredictOptions } from "./predict.ts";
import { Visits } from "./visits.ts";

/** Evaluation and prediction beside training: done again where the device is lost, while training waits for them. */
export class SurvivingEvaluator {
  readonly #evaluator: Evaluator;
  readonly #survival: Survival;
  readonly #isTraining: () => boolean;
  readonly #visits = new Visits();
  /** The transform that datasets go through unless another is given. */
  transform: DataLoaderOptions["transform"];

  constructor(evaluator: Evaluator, survival: Survival, isTraining: () => boolean) {
    this.#evaluator = evaluator;
    this.#survival = survival;
    this.#isTraining = isTraining;
  }

  /** Evaluates for training, which survives a lost device by itself. */
  validate(dataset: Dataset, batchSize: number | undefined): Promise<Evaluation> {
    return this.#evaluator.evaluate(dataset, { batchSize, transform: this.transform });
  }

  evaluate(dataset: Dataset, options: EvaluateOptions): Promise<Evaluation> {
    checkOptions("evaluate", options, EVALUATE_OPTIONS);
    const how = { transform: this.transform, ...options };
    return this.#visit(() => this.#evaluator.evaluate(dataset, how));
  }

  predict(images: Tensor | Dataset, options: PredictOptions): Promise<Prediction[]> {
    checkOptions("predict", options, PREDICT_OPTIONS);
    if (!(images instanceof Tensor)) {
      const how = { transform: this.transform, ...options };
      return this.#visit(() => this.#evaluator.predict(images, how));
    }
    const kept = new KeptTensor(images);
    return this.#visit(async () => this.#evaluator.predict(await kept.here(), options));
  }

  #visit<T>(work: () => Promise<T>): Promise<T> {
    return this.#visits.during(() => this.#survival.protect(!this.#isTraining(), work));
  }

  /** Settles when nothing is under way. */
  idle(): Promise<void> {
    return this.#visits.over();
  }
}
