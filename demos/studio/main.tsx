import { NoWebGpu, Shell, startPage, webGpuProblem } from "../shared/index.ts";
import { look } from "./choose/actions.ts";
import { ChooseView } from "./choose/view.tsx";
import { NoGpuError } from "./client.ts";
import { watchDrops } from "./collect/drops.ts";
import { text as collectText } from "./collect/texts.ts";
import { CollectView } from "./collect/view.tsx";
import { Notices } from "./notices.tsx";
import { Steps, startSteps } from "./steps.tsx";
import { type StepName, studio } from "./studio.ts";
import { TakeAwayView } from "./take_away/view.tsx";
import { text } from "./texts.ts";
import { TrainView } from "./train/view.tsx";
import { UnderstandView } from "./understand/view.tsx";

// After what all pages share, which it refines.
import "./studio.css";

const VIEWS: Readonly<Record<StepName, () => preact.JSX.Element>> = {
  collect: CollectView,
  choose: ChooseView,
  train: TrainView,
  understand: UnderstandView,
  takeAway: TakeAwayView,
};

function Page() {
  const said = text();
  const View = VIEWS[studio.step.value];
  const problem = studio.problem.value;
  const adapter = problem ? said.noGpu : (studio.adapter.value ?? said.looking);
  return (
    <Shell
      page="studio"
      root="../"
      aside={
        <output id="adapter" class="pill">
          {adapter}
        </output>
      }
    >
      <div class="intro">
        <h1>{said.title}</h1>
        <p class="lead">{said.lead}</p>
      </div>
      {problem && <NoWebGpu why={problem} />}
      {studio.isElsewhere.value && <p class="notice">{said.elsewhere}</p>}
      {studio.isWaiting.value && (
        <p id="waiting" class="notice" role="status">
          {said.waiting}
        </p>
      )}
      <Steps />
      <Notices />
      {studio.isOpen.value && <View />}
    </Shell>
  );
}

/** The worker's code is loaded when the page stands; where there is no GPU, it isn't. */
async function findGpu(): Promise<void> {
  const problem = await webGpuProblem();
  if (problem) {
    studio.problem.value = problem;
    return;
  }
  try {
    studio.adapter.value = (await studio.client.ask("start", null)).adapter;
    await look();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof NoGpuError) studio.problem.value = why;
    else studio.say(text().failed(why), true);
  }
}

startPage(<Page />);
startSteps();
watchDrops();
addEventListener("pagehide", () => void studio.flush());
const { newClass } = collectText();
void studio.open([newClass(1), newClass(2)]).then(findGpu);
