import type { Task } from "../../base/index.ts";
import type { TaskEvent } from "../../finetune/index.ts";
import { plural } from "../terminal/format.ts";
import { labelLines } from "../terminal/labels.ts";
import { visibleIn } from "../terminal/visible.ts";
import { Words } from "./words.ts";

/** Says what evaluating, predicting, converting and the like do. */
export class TaskWords<E extends TaskEvent> extends Words {
  /** Goes through a task's events. @returns its result. */
  async sayAll<R>(task: Task<E, R>): Promise<R> {
    try {
      for await (const event of task) this.#say(visibleIn<TaskEvent>(event));
      return await task;
    } finally {
      this.rest();
    }
  }

  #say(told: TaskEvent): void {
    const { output } = this;
    if (["adapter", "reported", "labels"].includes(told.type)) output.emit(told.type, told);
    if (told.type === "measuring") this.showing("measuring").problems(told.done, told.total);
    else
      this.sayAlike(told, (event) => {
        if (event.type === "network") {
          const { architecture, classes, thresholds, input } = event.network;
          const { channels, size } = input;
          output.line(
            `Network: ${event.name}, ${architecture}, ${classes.length} ${thresholds ? "labels" : "classes"}, input ${channels}×${size}×${size}`,
          );
        } else if (event.type === "testData") {
          output.line(`Data: ${plural(event.count, "image")} of ${event.kind} ${event.name}`);
        } else if (event.type === "labels") {
          for (const line of labelLines(event)) output.line(line);
        } else if (event.type === "reported") {
          output.line(`Report: ${event.html}`);
        }
      });
  }
}
