import type { FinetuneEvent } from "../../finetune/index.ts";

interface JsonEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What `--json` prints of an event: nothing of mere progress, and no networks. */
export function jsonOf(event: FinetuneEvent): JsonEvent[] {
  switch (event.type) {
    case "reading":
    case "features":
    case "findingRate":
    case "compile":
    case "checkpoint":
    case "stopped":
    case "warning": // is said where people are warned
    case "failed": // the error is
      return [];
    case "evaluated": {
      const { type, phase, evaluation } = event;
      return [{ type, phase, evaluation }];
    }
    case "epoch": {
      const { validation, ...fields } = event;
      if (!validation) return [fields];
      const { loss, accuracy } = validation;
      return [{ ...fields, validation: { loss, accuracy } }];
    }
    case "training": {
      const { network, ...fields } = event;
      return [{ ...fields, architecture: network.architecture }];
    }
    case "interrupted":
      return [{ ...event, type: "stopped" }];
    case "result":
      return resultOf(event.result);
    default:
      return [{ ...event }];
  }
}

function resultOf(result: Extract<FinetuneEvent, { type: "result" }>["result"]): JsonEvent[] {
  const { evaluation, comparison, files: saved } = result;
  if (!evaluation) return [];
  const results = comparison.map(({ name, evaluation: { accuracy, loss }, seconds }) => ({
    name,
    accuracy,
    loss,
    seconds,
  }));
  const { confusionMatrix, classes } = evaluation;
  return [{ type: "result", results, confusionMatrix, classes, saved }];
}
