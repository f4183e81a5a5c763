export type * from "./data.ts";
export { heatPicture } from "./heat_picture.ts";
export { reportHtml } from "./page.ts";
export { type Pixels, pngUrl } from "./png.ts";
