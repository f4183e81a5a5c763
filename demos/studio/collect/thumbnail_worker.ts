/** Decodes pictures away from the page: those that can't be are found at once, of the others small copies are shown. */
const SIDE = 160;

export interface ThumbnailAnswer {
  readonly id: string;
  /** null where the picture can't be decoded. */
  readonly thumbnail: Blob | null;
}

self.onmessage = async ({ data }: MessageEvent<{ id: string; file: Blob }>) => {
  const answer: ThumbnailAnswer = { id: data.id, thumbnail: await thumbnailOf(data.file) };
  self.postMessage(answer, {});
};

/** The middle of the picture as a square. */
async function thumbnailOf(file: Blob): Promise<Blob | null> {
  try {
    const picture = await createImageBitmap(file);
    const { width, height } = picture;
    const side = Math.min(width, height);
    const small = Math.min(SIDE, side);
    const canvas = new OffscreenCanvas(small, small);
    const [x, y] = [(width - side) / 2, (height - side) / 2];
    canvas.getContext("2d")?.drawImage(picture, x, y, side, side, 0, 0, small, small);
    picture.close();
    return await canvas.convertToBlob({ type: "image/webp", quality: 0.8 });
  } catch {
    return null;
  }
}
