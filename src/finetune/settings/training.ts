import {
  atLeastZero,
  choice,
  flag,
  names,
  numberAbove,
  setting,
  share,
  someOf,
  text,
  toggle,
  wholeNumber,
} from "./kinds.ts";

const OPTIMIZERS = ["adam", "adamw", "sgd", "rmsprop"] as const;
export type OptimizerName = (typeof OPTIMIZERS)[number];
const SCHEDULES = ["constant", "cosine", "onecycle"] as const;
export type ScheduleName = (typeof SCHEDULES)[number];
const AUGMENTATIONS = ["flip", "crop", "rotate", "colour", "erase", "auto"] as const;
export type Augmentation = (typeof AUGMENTATIONS)[number];
const TUNINGS = ["heuristic", "measure"] as const;
export type TuningName = (typeof TUNINGS)[number];

/** How data is divided and used. What `data` and `weights` name comes in more forms: see `FinetuneSettings`. */
export const DIVISION = {
  valSplit: setting(
    share(),
    "hold out this share for validation (default: 0.2 where no part is kept apart)",
  ),
  groupBy: setting(
    text("pattern"),
    "keep pictures together whose names match this regular expression alike, such as person[0-9]+, when some are held out",
  ),
  perClass: setting(wholeNumber("count", 1), "train with this many images of each class"),
  quick: setting(flag(), "a tiny run on the built-in data, to see that everything works"),
  skipDamaged: setting(flag(), "leave out images that can't be decoded"),
};

/** How the network is trained. */
export const TRAINING = {
  cut: setting(
    text("layer"),
    "end the network with this layer, such as features.23, under a new head: the last layers know most about " +
      "their old task, least about one far from it",
  ),
  keepHead: setting(
    flag(),
    "go on with what the last layer knows of those of its classes that are in the data too, by their names",
  ),
  train: setting(
    names("layers"),
    'what is trained: "all", "head", layers such as features.24-,classifier, or "auto": the best in a trial',
  ),
  halving: setting(
    numberAbove("factor", 1),
    "with --train auto: try each way at three rates, and a head on features that end early, for few epochs first, and the " +
      "best 1/factor of them for longer",
  ),
  trialSeconds: setting(
    numberAbove("seconds", 0),
    "with --train auto: begin no trial that would take it beyond so long",
  ),
  freeze: setting(
    text("layers"),
    "the other way round: train all but these layers, such as features.-23",
  ),
  gradual: setting(
    flag(),
    "train the head alone in the first epoch, and from each of the next on a third more of the layers before it",
  ),
  epochs: setting(
    wholeNumber("count", 1),
    "passes over the training images (default: 10; built-in network: 8)",
  ),
  batchSize: setting(wholeNumber("count", 1), "images a step (default: 32; built-in network: 16)"),
  accumulate: setting(
    wholeNumber("steps", 1),
    "add up the gradients of this many batches before each step, as of one large batch",
    1,
  ),
  classWeights: setting(flag(), "weigh the classes against imbalance, by their numbers of images"),
  lr: setting(numberAbove("rate", 0), "learning rate (default: by what is trained)"),
  findLr: setting(
    flag(),
    "find the learning rate first, in a short run in which it rises, and show the curve",
  ),
  optimizer: setting(choice("name", OPTIMIZERS), "how steps are taken", "adam"),
  schedule: setting(choice("name", SCHEDULES), "of the learning rate", "onecycle"),
  weightDecay: setting(atLeastZero("rate"), "pull of all weights to 0", 0),
  l2sp: setting(
    numberAbove("rate", 0),
    "pull of the weights to where they began instead (0.1, say); the new head's are pulled to 0 a tenth as much",
  ),
  augment: setting(someOf("names", AUGMENTATIONS), "vary the training images"),
  tta: setting(
    wholeNumber("times", 1),
    "also judge the network by the mean of its answers to so many variations of each picture, made as augment says",
  ),
  mixup: setting(
    numberAbove("alpha", 0),
    "blend training images in pairs, labels with them; 0.2 is usual, more blends more",
  ),
  cutmix: setting(
    numberAbove("alpha", 0),
    "put parts of other images into training images; 1 is usual",
  ),
  cache: setting(
    toggle(),
    "run frozen layers once rather than in every epoch (default, unless images are varied)",
  ),
  keepBest: setting(flag(), "end with the weights of the epoch with the lowest validation loss"),
  patience: setting(
    wholeNumber("epochs", 1),
    "end when so many epochs in a row validated no better; the network has the best one's weights",
  ),
  ema: setting(
    share(),
    "validate and keep a moving average of the weights that keeps this share of itself at each step, such as 0.99",
  ),
  compare: setting(
    toggle(),
    "also train from scratch with the same budget (default for the built-in data)",
  ),
  checkpointEvery: setting(
    atLeastZero("seconds"),
    "keep the state of the training on the disk so often, and after every epoch",
    30,
  ),
  tuning: setting(
    choice("how", TUNINGS),
    "choose kernels by a rule, or time them first and remember the best",
    "heuristic",
  ),
  seed: setting(wholeNumber("number", 0), "of splitting, shuffling and fresh weights", 0),
};
