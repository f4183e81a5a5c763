import type { Module } from "../nn/index.ts";
import { Backbone, type MapShape } from "./backbone.ts";

/**
 * A backbone whose layers are its own children in torchvision: state dicts have "layer1.0.conv1.weight", without a
 * "features." before it, and a name of its own for the classifier.
 */
export abstract class FlatBackbone extends Backbone {
  readonly #headName: string;

  constructor(inputShape: MapShape, featureShape: MapShape, headName: string) {
    super(inputShape, featureShape);
    this.#headName = headName;
  }

  override namedChildren(): [string, Module][] {
    const head: [string, Module][] = this.classifier ? [[this.#headName, this.classifier]] : [];
    return [...this.features.namedChildren(), ...head];
  }

  override setChild(name: string, module: Module): void {
    if (name === "classifier" || name === this.#headName) this.classifier = module;
    else this.features.setChild(name, module);
  }
}
