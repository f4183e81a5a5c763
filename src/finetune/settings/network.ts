import { CONVENTIONS } from "../../models/index.ts";
import {
  choice,
  names,
  numberAbove,
  numbers,
  setting,
  text,
  toggle,
  wholeNumber,
} from "./kinds.ts";

const RESIZE_MODES = ["stretch", "crop", "pad"] as const;

/** What a network is, for files that don't say it themselves. */
export const NETWORK = {
  arch: setting(text("name"), "its architecture, such as vgg16: see the command models"),
  size: setting(wholeNumber("pixels", 1), "side of the network's square input"),
  resize: setting(
    choice("how", RESIZE_MODES),
    "how pictures become square; default: as in pretraining",
  ),
  shorterSide: setting(
    wholeNumber("pixels", 1),
    "with crop: resize a picture's shorter side to this many pixels first (256 for torchvision's weights at 224)",
  ),
  antialias: setting(
    toggle(),
    "average pixels where pictures are shrunk (default but for MobileNet v1), or take the nearest ones, as " +
      "TensorFlow's older pipelines did",
  ),
  alpha: setting(numberAbove("factor", 0), "width multiplier of a MobileNet"),
  inputConvention: setting(
    choice("name", Object.keys(CONVENTIONS)),
    "how pixels were scaled in pretraining: imagenet (torchvision), signed (−1..1), unit (0..1), " +
      "caffe (BGR minus mean, Keras' VGG), bytes (0..255), mnist",
  ),
  mean: setting(numbers("numbers"), "mean of pixels scaled to 0..1, one or one a channel"),
  std: setting(numbers("numbers"), "standard deviation of the same"),
};

/** What a finished network gives, for files that don't say it. */
export const NAMING = {
  classes: setting(names("names"), "class names, for a file that has none"),
  labels: setting(text("file"), "class names from a file: JSON, or one name a line"),
};
