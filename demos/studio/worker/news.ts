import { type FinetuneEvent, worded } from "webgraft/finetune";
import type { News, TrainPhase } from "./messages.ts";

/** What the page is told of an event of the recipe. */
export function newsOf(event: FinetuneEvent): News[] {
  switch (event.type) {
    case "reading":
      return [phase("reading", event.done, event.total)];
    case "data":
      return [
        phase("preparing"),
        ...event.skipped.map(({ name, why }) => brokenPicture(name, why)),
      ];
    case "features":
      return [phase("features", event.done, event.total)];
    case "compile":
      return [phase("compiling", event.done, event.total)];
    case "trying":
      return [phase("trying")];
    case "findingRate":
      return [phase("rate", event.done, event.total)];
    case "deviceLost":
      return [phase("lost")];
    case "rateFound": {
      const { rates, losses, suggestion } = event;
      return [{ kind: "rates", rates: { rates: [...rates], losses: [...losses], suggestion } }];
    }
    case "chosen": {
      const { name, freeze: frozen, lr } = event;
      return [{ kind: "chosen", name, settings: { frozen, lr } }];
    }
    case "step": {
      const { step, epochs, batches, epoch, loss, accuracy = 0 } = event;
      const { imagesPerSecond, secondsLeft } = event;
      const speed = { imagesPerSecond, secondsLeft };
      return [{ kind: "step", step, steps: epochs * batches, epoch, loss, accuracy, ...speed }];
    }
    case "epoch": {
      const { epoch, loss, accuracy = 0, validation, seconds } = event;
      const { loss: valLoss = Number.NaN, accuracy: valAccuracy = 0 } = validation ?? {};
      const figures = { loss, accuracy, valLoss, valAccuracy, seconds };
      return [{ kind: "epoch", epoch, figures, isScratch: event.phase === "from scratch" }];
    }
    case "kept":
      return [{ kind: "kept" }];
    case "notKept":
      return [{ kind: "notKept", why: event.why }];
    case "warning":
      return [{ kind: "warning", message: worded(event.message, (setting) => setting) }];
    default:
      return [];
  }
}

const brokenPicture = (name: string, why: string): News => ({
  kind: "broken",
  picture: name.slice(name.lastIndexOf("/") + 1),
  why,
});

const phase = (name: TrainPhase, done = 0, total = 0): News => ({
  kind: "phase",
  phase: name,
  done,
  total,
});
