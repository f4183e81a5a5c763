import { useState } from "preact/hooks";
import { inWords } from "../library/translate.ts";
import { useFile } from "../pictures.tsx";
import { removeClass, renameClass } from "../project/edit.ts";
import { keys } from "../project/project.ts";
import { countsOf } from "../project/readiness.ts";
import type { ClassEntry, PictureEntry } from "../project/types.ts";
import { studio } from "../studio.ts";
import { addTo, removeAll, takeIn } from "./actions.ts";
import { Camera } from "./camera.tsx";
import { workOn } from "./drops.ts";
import { FileButton } from "./file_button.tsx";
import { Sketch } from "./sketch.tsx";
import { text } from "./texts.ts";

/** Thumbnails that are shown until more are asked for. */
const SHOWN = 40;

/** A class with its pictures, and the ways to get more of them. */
export function ClassCard({ entry }: { entry: ClassEntry }) {
  const said = text();
  const [tool, setTool] = useState<"camera" | "sketch" | null>(null);
  const [shown, setShown] = useState(SHOWN);
  const project = studio.project.value;
  const pictures = project.pictures.filter(({ classId }) => classId === entry.id);
  const count = countsOf(project).find(({ id }) => id === entry.id);
  const broken = pictures.filter((picture) => picture.broken);
  const remove = () => {
    void removeAll(pictures.map(({ id }) => id));
    studio.edit((now) => removeClass(now, entry.id));
  };
  const use = (kind: "camera" | "sketch") => setTool(tool === kind ? null : kind);
  const add = (files: readonly File[]) => addTo(entry.id, files);
  return (
    <article class="card class-card" data-class={entry.id} onPointerDown={() => workOn(entry.id)}>
      <div class="class-head">
        <input
          type="text"
          aria-label={said.className}
          value={entry.name}
          maxLength={60}
          onFocus={() => workOn(entry.id)}
          onChange={({ currentTarget }) => {
            studio.edit((now) => renameClass(now, entry.id, currentTarget.value));
            const now = studio.project.value.classes.find(({ id }) => id === entry.id);
            currentTarget.value = now?.name ?? "";
          }}
        />
        <button
          type="button"
          class="plain"
          aria-label={said.removeClass}
          title={said.removeClass}
          onClick={remove}
        >
          ✕
        </button>
      </div>
      <div class="class-count">
        <span class="count">{said.pictures(count?.count ?? 0)}</span>
        <meter aria-label={said.share} value={count?.share ?? 0} max={1} />
      </div>
      <div class="row">
        <FileButton
          id={`add-${entry.id}`}
          label={said.choosePictures}
          accept="image/*"
          take={(files) => takeIn(files, entry.id)}
        />
        <button type="button" aria-pressed={tool === "camera"} onClick={() => use("camera")}>
          {said.camera}
        </button>
        <button type="button" aria-pressed={tool === "sketch"} onClick={() => use("sketch")}>
          {said.draw}
        </button>
      </div>
      {tool === "camera" && <Camera take={add} close={() => setTool(null)} />}
      {tool === "sketch" && <Sketch take={(file) => add([file])} close={() => setTool(null)} />}
      {pictures.length === 0 ? (
        <p class="faint">{said.empty}</p>
      ) : (
        <ul class="thumbnails">
          {pictures.slice(0, shown).map((picture) => (
            <Thumbnail key={picture.id} picture={picture} />
          ))}
        </ul>
      )}
      <div class="row">
        {pictures.length > shown && (
          <button type="button" class="plain" onClick={() => setShown(shown + 200)}>
            {said.more(pictures.length - shown)}
          </button>
        )}
        {broken.length > 0 && (
          <button type="button" class="plain" onClick={() => removeAll(broken.map(({ id }) => id))}>
            {said.removeBroken}
          </button>
        )}
      </div>
    </article>
  );
}

function Thumbnail({ picture }: { picture: PictureEntry }) {
  const said = text();
  const address = useFile(keys.thumbnail(picture.id));
  const { id, name, broken } = picture;
  const why = broken === "decode" ? said.decode : broken && inWords(broken);
  return (
    <li class={broken ? "thumbnail broken" : "thumbnail"} title={broken ? `${name}: ${why}` : name}>
      {address && <img src={address} alt={name} loading="lazy" />}
      {broken && (
        <span class="why">
          {name}: {why}
        </span>
      )}
      <button type="button" aria-label={said.remove(name)} onClick={() => removeAll([id])}>
        ✕
      </button>
    </li>
  );
}
