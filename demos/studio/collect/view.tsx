import { addClass } from "../project/edit.ts";
import { obstaclesOf, remarksOn } from "../project/readiness.ts";
import { Next } from "../steps.tsx";
import { newId, studio } from "../studio.ts";
import { takeExamples, takeIn } from "./actions.ts";
import { ClassCard } from "./class_card.tsx";
import { FileButton } from "./file_button.tsx";
import { Obstacles } from "./obstacles.tsx";
import { text } from "./texts.ts";

export function CollectView() {
  const said = text();
  const project = studio.project.value;
  const obstacles = obstaclesOf(project);
  const add = () =>
    studio.edit((now) => addClass(now, said.newClass(now.classes.length + 1), newId));
  return (
    <section class="stack" aria-labelledby="collect-title">
      <div>
        <h2 id="collect-title">{said.title}</h2>
        <p class="faint">{said.lead}</p>
      </div>
      <div class="drop">
        <strong>{said.drop}</strong>
        <div class="row">
          <FileButton
            id="folder"
            label={said.chooseFolder}
            folder
            take={(files) => takeIn(files)}
          />
          <FileButton id="files" label={said.choosePictures} take={(files) => takeIn(files)} />
          {project.pictures.length === 0 && studio.adapter.value && (
            <button type="button" id="examples" class="plain" onClick={takeExamples}>
              {said.examples}
            </button>
          )}
        </div>
      </div>
      <div class="class-cards">
        {project.classes.map((entry) => (
          <ClassCard key={entry.id} entry={entry} />
        ))}
        <button type="button" id="add-class" class="add-class" onClick={add}>
          + {said.addClass}
        </button>
      </div>
      <Obstacles list={[...obstacles, ...remarksOn(project)]} />
      {obstacles.length === 0 && <Next to="choose" label={said.next} />}
    </section>
  );
}
