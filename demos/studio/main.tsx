import { signal } from "@preact/signals";
import { NoWebGpu, Shell, startPage, webGpuProblem } from "../shared/index.ts";
import { text } from "./texts.ts";

const problem = signal<string | null>(null);

function Studio() {
  const { title, lead } = text();
  return (
    <Shell page="studio" root="../">
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      {problem.value && <NoWebGpu why={problem.value} />}
    </Shell>
  );
}

startPage(<Studio />);
void webGpuProblem().then((why) => {
  problem.value = why;
});
