import type { PublishedClasses } from "./spec.ts";

/**
 * The names of ImageNet-1k's classes, in the order that all weights trained on it have. Keras publishes no SHA-256 of its
 * list (its own check is an MD5): whoever reads it sees to it that it has as many names as the network has outputs.
 */
export const imagenetClasses = (): PublishedClasses => ({
  url: "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
  licence: "Apache-2.0 (Keras)",
  source:
    "https://github.com/keras-team/keras/blob/master/keras/src/applications/imagenet_utils.py",
});
