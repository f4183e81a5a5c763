import type { Obstacle } from "../project/readiness.ts";
import { text } from "./texts.ts";

/** What stands in the way of training, in words. */
export function Obstacles({ list }: { list: readonly Obstacle[] }) {
  if (list.length === 0) return null;
  return (
    <ul class="obstacles">
      {list.map((obstacle) => (
        <li key={obstacle.kind}>{obstacleText(obstacle)}</li>
      ))}
    </ul>
  );
}

function obstacleText(obstacle: Obstacle): string {
  const said = text();
  switch (obstacle.kind) {
    case "fewClasses":
      return said.fewClasses;
    case "fewPictures":
      return said.fewPictures(obstacle.classes.join(", "));
    case "unbalanced":
      return said.unbalanced(obstacle.most, obstacle.least);
  }
}
