import { useEffect, useRef, useState } from "preact/hooks";
import { newId } from "../studio.ts";
import { text } from "./texts.ts";

/** Milliseconds between two pictures while the button is held. */
const EVERY = 150;
/** Pixels of a recorded picture's side. */
const SIDE = 320;

export interface CameraProps {
  take(files: readonly File[]): unknown;
  close(): void;
}

/** The camera's picture, recorded while a button is held: by mouse, finger, space bar or Enter. */
export function Camera({ take, close }: CameraProps) {
  const said = text();
  const { video, trouble } = useCamera();
  const [count, setCount] = useState(0);
  const timer = useRef<ReturnType<typeof setInterval>>(undefined);
  const record = async () => {
    const file = video.current && (await pictureOf(video.current));
    if (!file) return;
    setCount((n) => n + 1);
    await take([file]);
  };
  const begin = () => {
    if (timer.current !== undefined) return; // a held key repeats
    void record();
    timer.current = setInterval(record, EVERY);
  };
  const end = () => {
    clearInterval(timer.current);
    timer.current = undefined;
  };
  useEffect(() => end, []);
  const isKey = ({ key }: KeyboardEvent) => key === " " || key === "Enter";
  return (
    <div class="camera">
      {trouble && <p class="notice bad">{trouble}</p>}
      <video ref={video} muted playsInline />
      <div class="row">
        <button
          type="button"
          class="primary record"
          disabled={trouble !== null}
          onPointerDown={begin}
          onPointerUp={end}
          onPointerLeave={end}
          onPointerCancel={end}
          onKeyDown={(event) => isKey(event) && begin()}
          onKeyUp={end}
          onBlur={end}
        >
          {said.record}
        </button>
        <span class="faint">{said.recorded(count)}</span>
        <button type="button" class="plain" onClick={close}>
          {said.close}
        </button>
      </div>
    </div>
  );
}

/** A video element that shows the camera while it stands on the page, and what is wrong where it can't. */
export function useCamera() {
  const video = useRef<HTMLVideoElement>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    let stream: MediaStream | null = null;
    let isOver = false;
    const end = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    void openCamera()
      .then((opened) => {
        stream = opened;
        if (isOver) return end();
        for (const track of opened.getTracks()) {
          track.addEventListener("ended", () => setTrouble(text().cameraGone));
        }
        if (video.current) video.current.srcObject = opened;
        return video.current?.play();
      })
      .catch((error) =>
        setTrouble(text().cameraTrouble(error instanceof Error ? error.message : String(error))),
      );
    return () => {
      isOver = true;
      end();
    };
  }, []);
  return { video, trouble };
}

function openCamera(): Promise<MediaStream> {
  if (!navigator.mediaDevices) return Promise.reject(new Error("https://"));
  return navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: 640 } });
}

/** What the camera shows now; null before there is anything. */
export async function pictureOf(video: HTMLVideoElement): Promise<File | null> {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0) return null;
  const side = Math.min(width, height);
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d");
  context?.drawImage(video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  return new File([blob], `camera-${newId().slice(0, 6)}.jpg`, { type: "image/jpeg" });
}
