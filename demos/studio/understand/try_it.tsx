import { useEffect, useState } from "preact/hooks";
import { announce } from "../../shared/index.ts";
import { pictureOf, useCamera } from "../collect/camera.tsx";
import { takeDrops } from "../collect/drops.ts";
import { FileButton } from "../collect/file_button.tsx";
import { Sketch } from "../collect/sketch.tsx";
import { percent } from "../format.ts";
import { inWords } from "../library/translate.ts";
import { useBlob } from "../pictures.tsx";
import { keys } from "../project/project.ts";
import type { Run } from "../project/types.ts";
import { studio } from "../studio.ts";
import type { Explanation, Ranking } from "../worker/messages.ts";
import { Explained } from "./explained.tsx";
import { text } from "./texts.ts";

/** Classes that are named for a picture. */
const NAMED = 5;

/** Asks the trained network about a picture: dropped, chosen, pasted, drawn, or what the camera shows. */
export function TryIt({ run }: { run: Run }) {
  const said = text();
  const [tool, setTool] = useState<"camera" | "sketch" | null>(null);
  const [picture, setPicture] = useState<File | null>(null);
  const [answer, setAnswer] = useState<Explanation | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  const ask = async (file: File) => {
    setPicture(file);
    setWhy(null);
    try {
      const network = await networkOf(run);
      const found = await studio.client.ask("explain", { run: run.id, network, picture: file });
      setAnswer(found);
      const [first] = found.ranking;
      announce(`${first.name}: ${percent(first.probability)}`);
    } catch (error) {
      setAnswer(null);
      const why = error instanceof Error ? error.message : String(error);
      setWhy(said.unreadable(file.name, inWords(why)));
    }
  };
  useEffect(() =>
    takeDrops(([file]) => {
      if (!file || file.type.startsWith("image/") === false) return false;
      void ask(file);
      return true;
    }),
  );
  const isBusy = studio.training.value !== null;
  const use = (kind: "camera" | "sketch") => setTool(tool === kind ? null : kind);
  return (
    <div class="card stack" id="try">
      <h3>{said.tryIt}</h3>
      <p class="faint">{said.tryHint}</p>
      <div class="row">
        <FileButton
          id="picture"
          label={said.choosePicture}
          accept="image/*"
          one
          isDisabled={isBusy}
          take={([chosen]) => chosen && ask(chosen.file)}
        />
        <button
          type="button"
          disabled={isBusy}
          aria-pressed={tool === "camera"}
          onClick={() => use("camera")}
        >
          {tool === "camera" ? said.stopCamera : said.camera}
        </button>
        <button
          type="button"
          disabled={isBusy}
          aria-pressed={tool === "sketch"}
          onClick={() => use("sketch")}
        >
          {said.draw}
        </button>
      </div>
      {tool === "sketch" && <Sketch take={ask} />}
      {tool === "camera" && <Live run={run} />}
      {why && <p class="notice bad">{why}</p>}
      {picture && answer && <Answer picture={picture} answer={answer} />}
    </div>
  );
}

async function networkOf(run: Run): Promise<Blob> {
  const network = await studio.files.get(keys.network(run.id));
  if (!network) throw new Error(text().nothing);
  return network;
}

function Answer({ picture, answer }: { picture: Blob; answer: Explanation }) {
  const said = text();
  const address = useBlob(picture);
  return (
    <>
      <div class="answer">
        {address && <img src={address} alt={said.shown} />}
        <Ranked ranking={answer.ranking} />
      </div>
      <Explained picture={picture} answer={answer} />
    </>
  );
}

function Ranked({ ranking }: { ranking: Ranking }) {
  return (
    <ul class="ranking" id="ranking">
      {ranking.slice(0, NAMED).map(({ name, probability }) => (
        <li key={name}>
          <span>{name}</span>
          <meter aria-label={name} max={1} value={probability} />
          <span class="number">{percent(probability)}</span>
        </li>
      ))}
    </ul>
  );
}

/** What the network says about what the camera shows, as often as it can. */
function Live({ run }: { run: Run }) {
  const { video, trouble } = useCamera();
  const [ranking, setRanking] = useState<Ranking>([]);
  const [why, setWhy] = useState<string | null>(null);
  useEffect(() => {
    let isOver = false;
    const look = async () => {
      const network = await networkOf(run);
      while (!isOver) {
        const picture = video.current && (await pictureOf(video.current));
        if (picture) {
          const [found] = await studio.client.ask("predict", {
            run: run.id,
            network,
            pictures: [picture],
          });
          setRanking(found);
        }
        await new Promise((done) => setTimeout(done, 100));
      }
    };
    look().catch((error) => {
      const { unreadable, camera } = text();
      setWhy(unreadable(camera, error instanceof Error ? error.message : String(error)));
    });
    return () => {
      isOver = true;
    };
  }, [run.id]);
  return (
    <div class="answer" id="live-answer">
      {(trouble ?? why) && <p class="notice bad">{trouble ?? why}</p>}
      <video ref={video} muted playsInline />
      <Ranked ranking={ranking} />
    </div>
  );
}
