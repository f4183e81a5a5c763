/** Options that every model takes. */
export interface ModelOptions {
  /** Outputs of the classifier. Default 1000, ImageNet's. */
  numClasses?: number;
  /** false: features only, a map [N, C, h, w] for any input of at least 32×32. Default true. */
  includeTop?: boolean;
  /** Height and width of the images the classifier is sized for. Default 224. */
  inputSize?: number;
}
